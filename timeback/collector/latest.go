package collector

// latest keeps the newest of what it is given, within a number and within a
// number of bytes; the newest one is kept whatever it weighs.
type latest[T any] struct {
	keep     int   // at most so many; negative: no bound of either kind
	maxBytes int64 // at most so many bytes, as weigh has it
	weigh    func(T) int64
	gone     func(T) // told what is dropped; nil: nobody is

	all     []T
	bytes   int64
	dropped int
}

// add appends one and drops the oldest that are too many. What was dropped is
// freed at once, the room that it took when the slice next grows.
func (l *latest[T]) add(v T) {
	l.all = append(l.all, v)
	l.bytes += l.weigh(v)
	for l.over() {
		l.drop()
	}
}

func (l *latest[T]) over() bool {
	return l.keep >= 0 && len(l.all) > 1 && (len(l.all) > l.keep || l.bytes > l.maxBytes)
}

func (l *latest[T]) drop() {
	oldest := l.all[0]
	l.bytes -= l.weigh(oldest)
	l.dropped++
	var none T
	l.all[0] = none
	l.all = l.all[1:]
	if l.gone != nil {
		l.gone(oldest)
	}
}

func (l *latest[T]) reset() { l.all, l.bytes, l.dropped = nil, 0, 0 }
