package adapter

import (
	"context"
	"errors"
	"fmt"

	"github.com/jonboulle/clockwork"

	"github.com/bbcaliper/bbcaliper/adapter/config"
	"github.com/bbcaliper/bbcaliper/mapping/resolver"
)

// located says what is wrong and where: at settings, or at the resolver as a whole.
func located(err error, path string) string {
	var fault *resolver.Fault
	if errors.As(err, &fault) && len(fault.Settings) > 0 {
		return fault.At(path + ".")
	}
	return fmt.Sprintf("%s (%s)", err, path)
}

// checkResolver asks a resolver about somebody who does not exist. path is where it stands in the configuration.
func checkResolver(ctx context.Context, c *config.Resolver, path string) Finding {
	finding := Finding{What: "resolver " + c.Name}
	made, err := newResolver(c, clockwork.NewRealClock(), silent())
	if err != nil {
		finding.Text = path + "." + err.Error()
		return finding
	}
	if c.Type == config.ResolverStatic {
		finding.OK, finding.Text = true, fmt.Sprintf("the rule %s asks nobody", c.Rule)
		return finding
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	if err := resolver.Check(ctx, made); err != nil {
		finding.Text = located(err, path)
		return finding
	}
	finding.OK, finding.Text = true, fmt.Sprintf("%s answers that it does not know somebody who does not exist", made.Endpoint())
	return finding
}
