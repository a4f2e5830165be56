// Package config is the one YAML file that tells bbcaliper what to receive, where to send it, and how.
//
// The file is read strictly. A key that is unknown, missing, duplicate, of the wrong type or in contradiction with
// another one is a [Problem] with its path, and all problems of a file are reported together. What is returned has
// its defaults filled in and is plain data: two configurations can be compared by value (reflect.DeepEqual), which is
// how a reload finds out what changed. Values that must not be shown are a [Secret] or a [Key] and print as
// "<redacted>" whatever is done with them.
package config

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
)

// maxFile bounds the configuration file and each file that it refers to, in bytes.
const maxFile = 1 << 20

// Config is a whole configuration, validated, with its defaults filled in. The mapstructure tags are the names of the
// keys in the file.
type Config struct {
	// Listen is the address of the listener that Learn posts to. Default ":8443".
	Listen string `mapstructure:"listen"`
	// Admin is the listener of the admin API and the metrics.
	Admin Admin `mapstructure:"admin"`
	// TLS is for Listen. Zero means plain HTTP, for a proxy in front.
	TLS TLS `mapstructure:"tls"`
	// DataDir is the folder of the embedded engine. Default "data" beside the file; empty when Engine.URL is given.
	DataDir string `mapstructure:"data_dir"`
	// Engine is an external NATS cluster. Zero means the embedded engine.
	Engine Engine `mapstructure:"engine"`
	// Journal says how long what was received is kept.
	Journal Journal `mapstructure:"journal"`
	// Limits bound one request to Listen.
	Limits Limits `mapstructure:"limits"`
	// Sources are the Blackboard sites that may post; at least one.
	Sources []Source `mapstructure:"sources"`
	// Destinations are the collectors that are posted to; at least one.
	Destinations []Destination `mapstructure:"destinations"`
	// Dead says how long what was refused for good is kept.
	Dead Dead `mapstructure:"dead"`
	// Mapping is what happens to events of people that the ID map does not know.
	Mapping Mapping `mapstructure:"mapping"`
	// Privacy lists what may leave although it came from Blackboard.
	Privacy Privacy `mapstructure:"privacy"`
	// Log is how the daemon logs, on standard error.
	Log Log `mapstructure:"log"`
}

// Admin is the listener of the admin API.
type Admin struct {
	// Listen is its address. Default "127.0.0.1:8081".
	Listen string `mapstructure:"listen"`
	// Tokens open the admin API. None is allowed only where Listen is a loopback address.
	Tokens []Token `mapstructure:"tokens"`
}

// Token opens the admin API for a role. In the file it is a map, or plain text for an admin.
type Token struct {
	// Token is what a client presents.
	Token Key `mapstructure:"token"`
	// Role is what the client may do.
	Role Role `mapstructure:"role"`
	// Name says in the history of the ID map who made a change. Optional.
	Name string `mapstructure:"name"`
}

// TLS names a certificate and its key, both in PEM. Both or neither are given; they are re-read when they change.
type TLS struct {
	CertFile string `mapstructure:"cert_file"`
	KeyFile  string `mapstructure:"key_file"`
}

// Enabled says whether a certificate is configured.
func (t TLS) Enabled() bool { return t != TLS{} }

// Engine is an external NATS cluster with JetStream.
type Engine struct {
	// URL names its servers, comma-separated: nats://, tls://, ws:// or wss://.
	URL string `mapstructure:"url"`
	// Replicas is the number of copies of each stream: 1, 3 or 5. Default 3.
	Replicas int `mapstructure:"replicas"`
	// CredentialsFile is a NATS credentials file. Optional.
	CredentialsFile string `mapstructure:"credentials_file"`
}

// Journal says how long received events are kept.
type Journal struct {
	// Keep is how long delivered events stay for replay. Default 168h.
	Keep time.Duration `mapstructure:"keep"`
	// MaxBytes bounds the journal on disk. Default 20GiB.
	MaxBytes Size `mapstructure:"max_bytes"`
	// DedupWindow is how long an event id is remembered; at most Keep. Default 24h.
	DedupWindow time.Duration `mapstructure:"dedup_window"`
}

// Limits bound one request.
type Limits struct {
	// MaxBody is the size of a body, both as it is sent and as it is after gunzip. Default 32MiB.
	MaxBody Size `mapstructure:"max_body"`
	// MaxEvents is the number of events in one envelope. Default 5000, the most that Learn can be set to send.
	MaxEvents int `mapstructure:"max_events"`
}

// Source is one Blackboard Learn site.
type Source struct {
	// Name is its name in metrics, commands and stored data.
	Name string `mapstructure:"name"`
	// Keys are the API keys that Learn may present; several during a rotation.
	Keys []Key `mapstructure:"keys"`
	// Site is the UUID of the site in lower case. Empty means: learned from the first envelope.
	Site string `mapstructure:"site"`
}

// Dead is what becomes of dead letters.
type Dead struct {
	// Keep is how long they are kept before they are discarded; 0 means for ever. Default 2160h.
	Keep time.Duration `mapstructure:"keep"`
}

// Mapping is what happens to events of unmapped people.
type Mapping struct {
	// Unmapped is UnmappedHold (default), UnmappedDerive or UnmappedDrop.
	Unmapped string `mapstructure:"unmapped"`
	// HoldFor is how long an event is held before it is dead. Default 720h.
	HoldFor time.Duration `mapstructure:"hold_for"`
	// Trust lists the aliases by which a person may be found where the user uuid is not mapped, in the order in which
	// they are tried: external_id, user_id, email. Default external_id, user_id.
	Trust []string `mapstructure:"trust"`
	// Suggest lists the aliases that suggest who somebody is whose events are held, where another record has the same:
	// external_id, email. With email, the work list shows e-mail addresses. Default external_id.
	Suggest []string `mapstructure:"suggest"`
	// Resolvers are asked, in this order, about people whose events are held.
	Resolvers []Resolver `mapstructure:"resolvers"`
	// Files are imported into the ID map when they are replaced.
	Files []MapFile `mapstructure:"files"`
}

// Privacy lists what may leave.
type Privacy struct {
	// LaunchParameters are the names of LTI launch parameters that are passed on.
	LaunchParameters []string `mapstructure:"launch_parameters"`
}

// Log is how the daemon logs.
type Log struct {
	// Level is debug, info, warn or error. Default info.
	Level string `mapstructure:"level"`
	// Format is text or json. Default text.
	Format string `mapstructure:"format"`
}

// Load reads the configuration file at path. Secrets given as env:NAME are looked up with env (os.LookupEnv in the
// daemon); relative paths in the file are relative to its folder. An error that is about the content is [Problems].
func Load(path string, env func(name string) (string, bool)) (*Config, error) {
	data, err := readBounded(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return parse(data, path, filepath.Dir(path), env)
}

// Parse is Load for data that is already in memory; dir is the folder to which relative paths are relative.
func Parse(data []byte, dir string, env func(name string) (string, bool)) (*Config, error) {
	return parse(data, "", dir, env)
}

func parse(data []byte, file, dir string, env func(string) (string, bool)) (*Config, error) {
	doc, ok := readDocument(data)
	if !ok {
		return nil, doc.report(file)
	}
	cfg := &Config{}
	doc.decode(cfg, converter{dir: dir, env: env})
	cfg.setDefaults(doc)
	cfg.normalize(dir)
	cfg.validate(doc)
	if len(doc.found) > 0 {
		return nil, doc.report(file)
	}
	return cfg, nil
}

// normalize makes the paths of the file independent of the working directory, and what can be written in two ways
// comparable.
func (c *Config) normalize(dir string) {
	for i := range c.Sources {
		if id, err := uuid.Parse(c.Sources[i].Site); err == nil {
			c.Sources[i].Site = id.String()
		}
	}
	for _, p := range c.paths() {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
	for _, auth := range c.auths() {
		if auth.Style == styleForm {
			auth.Style = StylePost
		}
	}
}

// auths are the credentials of all who are talked to.
func (c *Config) auths() []*Auth {
	var auths []*Auth
	for i := range c.Destinations {
		auths = append(auths, &c.Destinations[i].Auth)
	}
	for i := range c.Mapping.Resolvers {
		auths = append(auths, &c.Mapping.Resolvers[i].Auth)
	}
	return auths
}

// paths are the fields that name files and folders.
func (c *Config) paths() []*string {
	paths := []*string{&c.DataDir, &c.TLS.CertFile, &c.TLS.KeyFile, &c.Engine.CredentialsFile}
	for i := range c.Destinations {
		tls := &c.Destinations[i].TLS
		paths = append(paths, &tls.CertFile, &tls.KeyFile)
	}
	for i := range c.Mapping.Resolvers {
		tls := &c.Mapping.Resolvers[i].TLS
		paths = append(paths, &tls.CertFile, &tls.KeyFile)
	}
	for i := range c.Mapping.Files {
		paths = append(paths, &c.Mapping.Files[i].Path)
	}
	return paths
}

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s has more than %d bytes", path, maxFile)
	}
	return data, err
}
