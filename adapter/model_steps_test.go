package adapter_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bbcaliper/bbcaliper/adapter/admin"
	"github.com/bbcaliper/bbcaliper/mapping"
)

// How many there are of each in a model: few, so that they meet.
const (
	modelPeople    = 5
	modelPlatform  = 4 // people of the platform
	modelExternals = 7
	modelRows      = 6 // of a file
	modelEvents    = 6 // of an envelope
)

// step does one thing.
func (r *trial) step() {
	steps := []struct {
		weight int
		do     func()
	}{
		{9, r.post}, {1, r.postAgain}, {4, r.set}, {4, r.load}, {4, r.remove}, {3, r.undo}, {2, r.merge},
		{2, r.rename}, {1, r.restart}, {1, r.settle},
	}
	var all []func()
	for _, s := range steps {
		all = append(all, slices.Repeat([]func(){s.do}, s.weight)...)
	}
	all[r.random.IntN(len(all))]()
}

// chance is true once in so many times.
func (r *trial) chance(n int) bool { return r.random.IntN(n) == 0 }

// did notes a step for whoever reads how it failed.
func (r *trial) did(format string, args ...any) {
	r.story = append(r.story, fmt.Sprintf(format, args...))
}

// post sends some events of some people.
func (r *trial) post() {
	var texts, names []string
	var new []event
	var whose []int
	for range 1 + r.random.IntN(modelEvents) {
		n, bare := r.random.IntN(len(r.world.people)), r.chance(5)
		a := r.world.people[n]
		e := event{id: r.uuid(), identity: a.identity(bare)}
		new, whose = append(new, e), append(whose, n)
		texts, names = append(texts, r.login(a, e)), append(names, strings.TrimRight(a.name+" "+e.identity.ExternalID, " "))
	}
	receive := func(w *world) verdict {
		for i, e := range new {
			w.receive(w.people[whose[i]], e)
		}
		return done
	}
	if !r.isClear(receive) {
		return
	}
	r.did("post events of %s", strings.Join(names, ", "))
	body := envelope(texts...)
	if _, err := r.during(receive, func(context.Context) error { return r.send(body) }); err != nil {
		r.t.Fatal(err)
	}
	receive(r.world)
	r.posted = append(r.posted, body)
}

// login is an event that says of its account what it is to say.
func (r *trial) login(a *account, e event) string {
	r.clock = r.clock.Add(time.Second)
	said := "{}"
	if e.identity.UserID != "" {
		said = fmt.Sprintf(`{"bb:user.id":%q,"bb:user.externalId":%q}`, e.identity.UserID, e.identity.ExternalID)
	}
	usual := `{"bb:user.id":"_7_1","bb:user.externalId":"x-` + a.user.hex() + `"}`
	return strings.ReplaceAll(a.user.login(e.id, r.clock), usual, said)
}

// send posts until it is answered 200, wherever the adapter is by then.
func (r *trial) send(body []byte) error {
	tick := time.NewTicker(sendEvery)
	defer tick.Stop()
	if !r.sender.deliver(body, tick.C) {
		return errors.New("an envelope was not accepted")
	}
	return nil
}

// postAgain sends an envelope that has been accepted.
func (r *trial) postAgain() {
	if len(r.posted) == 0 {
		return
	}
	body := r.posted[r.random.IntN(len(r.posted))]
	r.did("post an envelope again")
	if err := r.send(body); err != nil {
		r.t.Fatal(err)
	}
	r.duplicates += uint64(strings.Count(string(body), `"eventTime"`))
}

// uuid is a random one that the seed brings again.
func (r *trial) uuid() (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:], r.random.Uint64())
	binary.BigEndian.PutUint64(id[8:], r.random.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// record states something of one account, now and then with an alias of another.
func (r *trial) record() mapping.Record {
	a := r.world.people[r.random.IntN(len(r.world.people))]
	stated := mapping.Record{PlatformID: platformID(1 + r.random.IntN(modelPlatform))}
	if r.chance(3) {
		stated.UserUUID = a.user.uuid
	}
	if r.chance(3) {
		stated.UserID = a.userID
	}
	if r.chance(6) {
		a = r.world.people[r.random.IntN(len(r.world.people))]
	}
	if stated.Identity() == (mapping.Identity{}) || r.chance(2) {
		stated.ExternalID = a.externalID
	}
	return stated
}

func (r *trial) set() {
	stated, allow, take := r.record(), r.chance(2), r.chance(4)
	sent := admin.Statement{
		PlatformID: stated.PlatformID.String(), UserUUID: hexOrNone(stated.UserUUID), UserID: stated.UserID,
		ExternalID: stated.ExternalID, AllowRepoint: allow, Take: take,
	}
	model := func(w *world) verdict { return w.set(stated, allow) }
	if take {
		model = func(w *world) verdict { return w.take(stated, allow) }
	}
	r.edit(fmt.Sprintf("set %s%s%s", show(stated), word(allow, "re-point"), word(take, "take")), model,
		func(ctx context.Context) error { _, err := r.client().Set(ctx, sent, 0); return err })
}

// word is what a step was told beside the rest.
func word(said bool, word string) string {
	if !said {
		return ""
	}
	return ", " + word
}

// load imports a file of rows that share no alias, some of which cannot be read.
func (r *trial) load() {
	options := mapping.PlanOptions{AllowRepoint: r.chance(2), Partial: r.chance(2)}
	options.Sync = !options.Partial && r.chance(3)
	var rows []mapping.Record
	var names []string
	used := map[mapping.Key]bool{}
	for range 1 + r.random.IntN(modelRows) {
		row := r.record()
		keys := row.Identity().Keys()
		if slices.ContainsFunc(keys, func(key mapping.Key) bool { return used[key] }) {
			continue
		}
		for _, key := range keys {
			used[key] = true
		}
		rows, names = append(rows, row), append(names, show(row))
	}
	invalid := 0
	if r.chance(8) {
		invalid = 1
	}
	file := csvOf(rows) + strings.Repeat("nonsense,,_1_1,\n", invalid)
	var want mapping.Counts
	model := func(w *world) (v verdict) { want, v = w.load(rows, invalid, options); return v }
	name := "import " + strings.Join(names, "; ") + word(invalid > 0, "an invalid row") + word(options.AllowRepoint, "re-point") +
		word(options.Partial, "partial") + word(options.Sync, "sync")
	r.edit(name, model, func(ctx context.Context) error {
		result, err := r.client().Import(ctx, admin.ImportRequest{
			File: "people.csv", AllowRepoint: options.AllowRepoint, Partial: options.Partial, Sync: options.Sync,
			Body: strings.NewReader(file),
		})
		if err == nil && result.Counts != want {
			r.t.Errorf("imported %+v, want %+v", result.Counts, want)
		}
		return err
	})
}

// csvOf is a file of records.
func csvOf(rows []mapping.Record) string {
	var b strings.Builder
	b.WriteString("platform_id,user_uuid,user_id,external_id\n")
	for _, row := range rows {
		fmt.Fprintf(&b, "%s,%s,%s,%s\n", row.PlatformID, hexOrNone(row.UserUUID), row.UserID, row.ExternalID)
	}
	return b.String()
}

// hexOf is a user uuid as Learn writes it, "" for none.
func hexOrNone(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return user{id}.hex()
}

// pick is the number of any record, 0 if there is none.
func (r *trial) pick() int {
	numbers := slices.Sorted(maps.Keys(r.world.records))
	if len(numbers) == 0 {
		return 0
	}
	return numbers[r.random.IntN(len(numbers))]
}

// nameOf is an alias that only one record has.
func nameOf(record mapping.Record) string {
	return record.Identity().Keys()[0].Value
}

func (r *trial) remove() {
	number := r.pick()
	if number == 0 {
		return
	}
	record := r.world.records[number]
	r.edit("remove "+show(record), func(w *world) verdict { return w.remove(number) }, func(ctx context.Context) error {
		_, err := r.client().Remove(ctx, "", nameOf(record), 0)
		return err
	})
}

// merge makes one record of two.
func (r *trial) merge() {
	into, from, allow := r.pick(), r.pick(), r.chance(2)
	if into == from {
		return
	}
	one, other := r.world.records[into], r.world.records[from]
	r.edit(fmt.Sprintf("merge into %s: %s%s", show(one), show(other), word(allow, "re-point")),
		func(w *world) verdict { return w.merge(into, from, allow) },
		func(ctx context.Context) error {
			request := admin.MergeRequest{Into: nameOf(one), From: nameOf(other), AllowRepoint: allow}
			_, err := r.client().Merge(ctx, request, 0)
			return err
		})
}

// undo puts back a change, more likely a recent one.
func (r *trial) undo() {
	all := r.world.changes
	if len(all) == 0 {
		return
	}
	back := min(r.random.IntN(1+r.random.IntN(8)), len(all)-1)
	undone, partial := all[len(all)-1-back], r.chance(2)
	r.edit(fmt.Sprintf("undo %d, %s%s", len(all)-back, undone.command, word(partial, "partial")),
		func(w *world) verdict { return w.undo(undone, partial) },
		func(ctx context.Context) error {
			_, err := r.client().Undo(ctx, admin.UndoRequest{Change: undone.number, Partial: partial})
			return err
		})
}

// rename gives an account another external id in Learn: one that no event names which waits or is under way.
func (r *trial) rename() {
	n, to := r.random.IntN(len(r.world.people)), externalID(1+r.random.IntN(modelExternals))
	if len(r.world.lessons) > 0 {
		r.settle()
	}
	for _, a := range r.world.people {
		named := func(id mapping.Identity) bool { return id.ExternalID == to }
		waits := func(e event) bool { return named(e.identity) }
		if a.externalID == to || slices.ContainsFunc(a.waiting, waits) || slices.ContainsFunc(a.moving, named) {
			return
		}
	}
	r.did("Learn renames %s to %s", r.world.people[n].name, to)
	r.world.people[n].externalID = to
}

func (r *trial) restart() {
	if len(r.world.lessons) > 0 {
		r.settle() // what was learned and not written is forgotten until the next event
	}
	r.did("restart")
	r.life.end()
	r.begin()
}
