package mapping

import (
	"unicode"
	"unicode/utf8"
)

// foldText appends text to dst with case folded away, so that two e-mail
// addresses are equal after it exactly if strings.EqualFold says so before it.
// The result is never longer than three times the text, and no longer than the
// text where that is valid UTF-8.
func foldText[T string | []byte](dst []byte, text T) []byte {
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			dst = append(dst, lowerASCII(c))
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(string(text[i:min(i+utf8.UTFMax, len(text))]))
		dst = utf8.AppendRune(dst, foldRune(r))
		i += n
	}
	return dst
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// foldRune picks one rune for all that differ only in case: the smallest of
// them, or its lower-case letter within ASCII (the Kelvin sign is a k).
func foldRune(r rune) rune {
	smallest := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		smallest = min(smallest, next)
	}
	if smallest < utf8.RuneSelf {
		return rune(lowerASCII(byte(smallest)))
	}
	return smallest
}
