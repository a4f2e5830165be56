package config

// How a destination is told who is posting: the values of Auth.Type.
const (
	AuthNone   = "none"   // not at all
	AuthBearer = "bearer" // Authorization: Bearer <token>
	AuthHeader = "header" // <name>: <value>, verbatim
	AuthBasic  = "basic"  // HTTP Basic with username and password
	AuthQuery  = "query"  // ?<name>=<value>, appended to the URL
	AuthOAuth2 = "oauth2" // client credentials, RFC 6749 section 4.4
)

// How the token endpoint is told the client's credentials: the values of Auth.Style.
const (
	StyleBasic = "basic" // HTTP Basic
	StylePost  = "post"  // client_id and client_secret in the form body
	styleForm  = "form"  // another word for StylePost, which it becomes
)

// Auth is how a collector is told who is posting. Type says which of the other fields are set; the file may hold no
// others.
type Auth struct {
	// Type is one of the Auth constants. Default AuthNone.
	Type string `mapstructure:"type"`
	// Token is for AuthBearer.
	Token Secret `mapstructure:"token"`
	// Name is the header of AuthHeader or the query parameter of AuthQuery, and Value its value.
	Name  string `mapstructure:"name"`
	Value Secret `mapstructure:"value"`
	// Username and Password are for AuthBasic.
	Username Secret `mapstructure:"username"`
	Password Secret `mapstructure:"password"`
	// The rest is for AuthOAuth2. TokenURL is where tokens are fetched. Scopes is what they are fetched for; nil means
	// the preset's own. Style is StyleBasic or StylePost; empty means the preset's own, and StyleBasic if it has none.
	TokenURL     string   `mapstructure:"token_url"`
	ClientID     Secret   `mapstructure:"client_id"`
	ClientSecret Secret   `mapstructure:"client_secret"`
	Scopes       []string `mapstructure:"scopes"`
	Style        string   `mapstructure:"style"`
}

// typeKeys are the keys that belong to one type of authentication or of resolver, besides type.
type typeKeys struct{ required, optional []string }

// authTypes are the types in the order in which they are documented, with the keys of each.
func authTypes() ([]string, map[string]typeKeys) {
	return []string{AuthNone, AuthBearer, AuthHeader, AuthBasic, AuthQuery, AuthOAuth2}, map[string]typeKeys{
		AuthNone:   {},
		AuthBearer: {required: []string{"token"}},
		AuthHeader: {required: []string{"name", "value"}},
		AuthBasic:  {required: []string{"username", "password"}},
		AuthQuery:  {required: []string{"name", "value"}},
		AuthOAuth2: {required: []string{"token_url", "client_id", "client_secret"}, optional: []string{"scopes", "style"}},
	}
}
