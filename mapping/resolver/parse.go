package resolver

import (
	"bytes"
	"errors"
	"mime"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/bbcaliper/bbcaliper/mapping"
)

// errNot says that a reply is not what it should be, without quoting it.
func errNot(r reply, want string) error {
	if isPage(r) {
		return errors.New("the reply is a web page, perhaps a login, and not " + want)
	}
	return errors.New("the reply is not " + want)
}

// isPage says whether a reply is for people to look at.
func isPage(r reply) bool {
	kind, _, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	if err == nil && (kind == "text/html" || kind == "application/xhtml+xml") {
		return true
	}
	return bytes.HasPrefix(bytes.TrimSpace(r.body), []byte("<"))
}

// pointer is a JSON pointer (RFC 6901); "" for a reply in plain text.
type pointer string

// maxPointer bounds a pointer, in bytes.
const maxPointer = 512

func parsePointer(text string) (pointer, error) {
	if len(text) > maxPointer || !jsontext.Pointer(text).IsValid() {
		return "", errors.New("want a JSON pointer, as in /user/platform_id")
	}
	return pointer(text), nil
}

// find returns what stands at the pointer, nil where a member or an item is
// missing.
func (p pointer) find(value any) any {
	for token := range jsontext.Pointer(p).Tokens() {
		switch within := value.(type) {
		case map[string]any:
			value = within[token]
		case []any:
			i, ok := index(token, len(within))
			if !ok {
				return nil
			}
			value = within[i]
		default:
			return nil
		}
	}
	return value
}

// index reads an item's number: digits without a leading zero (RFC 6901 section
// 4), below n.
func index(token string, n int) (int, bool) {
	const maxDigits = 7 // a reply has no more items
	if token == "" || len(token) > maxDigits || token[0] == '0' && len(token) > 1 {
		return 0, false
	}
	i := 0
	for _, c := range token {
		if c < '0' || c > '9' {
			return 0, false
		}
		i = i*10 + int(c-'0')
	}
	return i, i < n
}

// parseReply reads the platform id out of a directory's reply: at the pointer,
// or, without one, the whole of it.
func parseReply(r reply, at pointer) (Answer, error) {
	if at == "" {
		return parseText(r)
	}
	var body any
	if err := json.Unmarshal(r.body, &body); err != nil {
		return Answer{}, errNot(r, "JSON")
	}
	switch value := at.find(body).(type) {
	case nil: // nothing, or null
		return no(NoValue), nil
	case string:
		return answerOf(value), nil
	default:
		return no(NotUUID), nil
	}
}

// parseText takes the whole reply as the id. One that is a page, or longer than
// any id, is no answer.
func parseText(r reply) (Answer, error) {
	const longest = 256
	text := strings.TrimSpace(string(r.body))
	if isPage(r) || len(text) > longest {
		return Answer{}, errNot(r, "an id in plain text")
	}
	return answerOf(text), nil
}

func answerOf(text string) Answer {
	if strings.TrimSpace(text) == "" {
		return no(NoValue)
	}
	id, err := mapping.ParsePlatformID(text)
	if err != nil {
		return no(NotUUID)
	}
	return Answer{PlatformID: id}
}

// errUser is a reply of Learn that is no user.
var errUser = errors.New("the reply is not a user of Learn")
