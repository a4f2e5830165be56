package caliper

// free checks content that the specification leaves open (extensions,
// messageParameters, inline contexts): no null, and no name twice in one object.
func (r *run) free(n int32) *Failure {
	switch r.doc.nodes[n].kind {
	case 'n':
		return r.null(n)
	case '{':
		if m := r.duplicate(n); m != none {
			return r.fail(m, "each property is referenced only once", "Caliper 1.2 Extensions")
		}
	case '[':
	default:
		return nil
	}
	for m := r.doc.nodes[n].child; m != none; m = r.doc.nodes[m].next {
		if failure := r.free(m); failure != nil {
			return failure
		}
	}
	return nil
}

// pairwiseNames is how many names are compared with each other before it pays
// to build a set.
const pairwiseNames = 24

// duplicate finds the second member of an object with the same name.
func (r *run) duplicate(object int32) int32 {
	count := 0
	for m := r.doc.nodes[object].child; m != none; m = r.doc.nodes[m].next {
		if count++; count > pairwiseNames {
			return r.duplicateInSet(object)
		}
		if r.repeated(m) {
			return m
		}
	}
	return none
}

func (r *run) duplicateInSet(object int32) int32 {
	seen := make(map[string]struct{})
	for m := r.doc.nodes[object].child; m != none; m = r.doc.nodes[m].next {
		name := r.doc.name(m)
		if _, ok := seen[string(name)]; ok {
			return m
		}
		seen[string(name)] = struct{}{}
	}
	return none
}
