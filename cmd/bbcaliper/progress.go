package main

import (
	"fmt"
	"strings"
)

// progressLine is a line of a terminal that is written again and again. Where nobody watches nothing is written.
type progressLine struct {
	*console
	began bool
}

// The codes of a terminal: go to the start of the line, and delete what is right of the cursor.
const (
	lineBegin = "\r"
	lineErase = "\x1b[K"
)

// progressWidth keeps the line on one line of every terminal.
const progressWidth = 78

func (p *progressLine) show(text string) {
	if !p.terminal {
		return
	}
	p.began = true
	fmt.Fprintf(p.err, "%s%s%s", lineBegin, cut(text, progressWidth), lineErase)
}

// end takes the line away.
func (p *progressLine) end() {
	if p.began {
		p.began = false
		fmt.Fprintf(p.err, "%s%s", lineBegin, lineErase)
	}
}

// bar draws how much of something is done, in per cent too.
func bar[N int | int64 | uint64](done, total N) string {
	const blocks = 20
	share := min(1, float64(done)/float64(max(total, 1)))
	full := int(share * blocks)
	return fmt.Sprintf("%s%s %d%%", strings.Repeat("█", full), strings.Repeat("░", blocks-full), int(share*100))
}
