package mapping

// arena keeps the texts of records in large pages, so that a million records
// are a few hundred objects for the garbage collector. Texts are only added;
// who owns them copies the living ones to a new arena when too many are dead.
type arena struct {
	pages [][]byte
	dead  int // bytes that nobody refers to any more
	size  int // bytes in all pages
}

const (
	pageShift = 18 // 256 KiB a page
	pageBytes = 1 << pageShift
)

// room returns the page that has n bytes left; no text crosses pages.
func (a *arena) room(n int) *[]byte {
	last := len(a.pages) - 1
	if last < 0 || cap(a.pages[last])-len(a.pages[last]) < n {
		a.pages = append(a.pages, make([]byte, 0, pageBytes))
		last++
	}
	return &a.pages[last]
}

// add stores the texts one after the other and returns where.
func (a *arena) add(texts [textFields]string) uint64 {
	n := 0
	for _, t := range texts {
		n += len(t)
	}
	page := a.room(n)
	at := uint64(len(a.pages)-1)<<pageShift | uint64(len(*page))
	for _, t := range texts {
		*page = append(*page, t...)
	}
	a.size += n
	return at
}

// bytes returns n bytes from at on; they never change.
func (a *arena) bytes(at uint64, n int) []byte {
	page := a.pages[at>>pageShift]
	from := int(at & (pageBytes - 1))
	return page[from : from+n]
}

// wasteful says whether more than half of a not quite small arena is dead.
func (a *arena) wasteful() bool { return a.dead > a.size/2 && a.size > pageBytes }
