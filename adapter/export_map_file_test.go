package adapter

import (
	"context"
	"os"
)

// ErrMoving means that a file changed while it was read.
var ErrMoving = errMoving

// BringMapFile lets tests import the first watched file as if it had been as info says at the look before.
func (a *Adapter) BringMapFile(ctx context.Context, info os.FileInfo) error {
	_, err := a.mapFiles.files[0].bring(ctx, info)
	return err
}

// PlanMapFile lets tests read the first watched file for the second time, as if it had had that digest at the first.
func (a *Adapter) PlanMapFile(ctx context.Context, digest string) error {
	f := a.mapFiles.files[0]
	info, err := os.Stat(f.config.Path)
	if err != nil {
		return err
	}
	file, err := os.Open(f.config.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, _, err = f.plan(ctx, file, info, digest)
	return err
}
