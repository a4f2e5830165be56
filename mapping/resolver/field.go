package resolver

import (
	"fmt"
	"strings"
)

// Field is something known of a person that a resolver can be asked by.
type Field uint8

// The fields, under the names that templates give them.
const (
	UserUUID   Field = iota // {user_uuid}: 32 hex digits, as in Learn's IRIs
	UserID                  // {user_id}: Learn's primary key, `_1_1`
	ExternalID              // {external_id}: the batch_uid
	Email                   // {email}
	UserName                // {user_name}: Learn's, known once a Blackboard resolver has learned it
	Source                  // {source}: the name of the Blackboard site, which is no field of the person
	fieldEnd
)

var fieldNames = [fieldEnd]string{"user_uuid", "user_id", "external_id", "email", "user_name", "source"}

// String returns the field's name, as in external_id.
func (f Field) String() string {
	if f >= fieldEnd {
		return fmt.Sprintf("field(%d)", uint8(f))
	}
	return fieldNames[f]
}

func parseField(name string) (Field, error) {
	for f := range fieldEnd {
		if fieldNames[f] == name {
			return f, nil
		}
	}
	return 0, fmt.Errorf("there is no such field; there are {%s}", strings.Join(fieldNames[:], "}, {"))
}
