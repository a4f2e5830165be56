package caliper

import "slices"

// typeSet is a set of entity types by their place in entityTypes.
type typeSet [2]uint64

func (s *typeSet) add(i int) { s[i/64] |= 1 << (i % 64) }

func (s *typeSet) union(t typeSet) {
	s[0] |= t[0]
	s[1] |= t[1]
}

func (s typeSet) has(i int) bool       { return s[i/64]&(1<<(i%64)) != 0 }
func (s typeSet) meets(t typeSet) bool { return s[0]&t[0]|s[1]&t[1] != 0 }

// typeIndex is the place of a type in entityTypes, -1 for none.
func typeIndex(t EntityType) int {
	return slices.IndexFunc(entityTypes, func(row entityRow) bool { return row.entity == t })
}

// lineage is the set of a type and its supertypes.
func lineage(t EntityType) typeSet {
	var set typeSet
	i := typeIndex(t)
	set.add(i)
	for _, super := range entityTypes[i].supertypes {
		set.union(lineage(super))
	}
	return set
}

// hasID is false for the two types that are no subtypes of Entity.
func hasID(t EntityType) bool {
	set := lineage(t)
	return set.has(typeIndex(TypeEntity))
}
