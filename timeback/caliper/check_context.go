package caliper

const contextSection = "Caliper 1.2 JSON-LD Context"

const contextRule = "@context is " + Context + ", or an array with it last"

// context checks an @context: that of the event or describe, or one of a nested
// object, which may be anything that does not override the first.
func (r *run) context(n int32) *Failure {
	if r.doc.nodes[n].parent != r.top {
		return r.localContext(n)
	}
	switch r.doc.nodes[n].kind {
	case '"':
		return r.remoteContext(n)
	case '[':
		return r.contextList(n)
	case '{':
		// The specification wants a string or an array, its JSON Schema takes
		// an object as well; what it defines is not looked into.
		return r.free(n)
	}
	return r.fail(n, contextRule, contextSection)
}

func (r *run) remoteContext(n int32) *Failure {
	if r.doc.nodes[n].kind != '"' || string(r.doc.value(n)) != Context {
		return r.fail(n, contextRule, contextSection)
	}
	return nil
}

// contextList wants any contexts, and the one of Caliper last.
func (r *run) contextList(n int32) *Failure {
	e := r.doc.nodes[n].child
	if e == none {
		return r.fail(n, contextRule, contextSection)
	}
	for ; r.doc.nodes[e].next != none; e = r.doc.nodes[e].next {
		if failure := r.localContext(e); failure != nil {
			return failure
		}
	}
	return r.remoteContext(e)
}

// localContext checks a context that is not the Caliper context of the item: an
// IRI, an object that leaves Caliper's terms alone, or an array of these.
func (r *run) localContext(n int32) *Failure {
	switch r.doc.nodes[n].kind {
	case '"':
		if isIRI(r.doc.value(n)) {
			return nil
		}
	case '{':
		return r.inlineContext(n)
	case '[':
		for e := r.doc.nodes[n].child; e != none; e = r.doc.nodes[e].next {
			if failure := r.localContext(e); failure != nil {
				return failure
			}
		}
		return nil
	}
	return r.fail(n, "a local context is an absolute IRI, an object, or an array of these", contextSection)
}

func (r *run) inlineContext(n int32) *Failure {
	for m := r.doc.nodes[n].child; m != none; m = r.doc.nodes[m].next {
		if _, ours := r.schema.words[string(r.doc.name(m))]; ours && !r.keywordAlias(m) {
			return r.fail(m, "a local context does not define a term of the Caliper context", contextSection)
		}
	}
	return r.free(n)
}

// keywordAlias reports whether a definition is one of the two that the Caliper
// context itself has: id for @id, type for @type.
func (r *run) keywordAlias(m int32) bool {
	name, value := r.doc.name(m), r.doc.value(m)
	return (string(name) == "id" || string(name) == "type") &&
		r.doc.nodes[m].kind == '"' && len(value) > 0 && value[0] == '@' && string(value[1:]) == string(name)
}
