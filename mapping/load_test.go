package mapping

import (
	"errors"
	"strings"
	"testing"
)

func TestLoadFile(t *testing.T) {
	file := "platform_id,external_id,source\n" + id(1).String() + ",s1,\n" + id(2).String() + ",s2,elsewhere\n"
	x, err := LoadFile(t.Context(), strings.NewReader(file), "school")
	if err != nil || x.Len() != 2 || x.Find("s2")[0].Source != "school" {
		t.Fatalf("%+v, %v", x, err)
	}
	_, err = LoadFile(t.Context(), strings.NewReader(file+id(3).String()+",s1,\n"), "school")
	var refused *PlanError
	if !errors.As(err, &refused) || len(refused.Lines()) != 2 {
		t.Errorf("error %v", err)
	}
	if _, err := LoadFile(t.Context(), strings.NewReader("name\n"), "school"); err == nil {
		t.Error("a file without a platform_id is accepted")
	}
}
