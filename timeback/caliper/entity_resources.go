package caliper

import "time"

// DigitalResource is a resource, or by its Type one of the subtypes without properties of
// their own: Document, Page, WebPage, Chapter, Forum, Thread, …
type DigitalResource struct {
	Entity
	Creators           []Node // Agents
	MediaType          string
	Keywords           []string
	LearningObjectives []Node // LearningObjectives
	IsPartOf           Node   // any entity
	DatePublished      time.Time
	Version            string
}

func (d *DigitalResource) appendNode(w *writer) {
	if d == nil {
		return
	}
	d.begin(w, TypeDigitalResource)
	d.own(w)
	d.end(w)
}

func (d *DigitalResource) own(w *writer) {
	writeNodes(w, "creators", d.Creators)
	w.text("mediaType", d.MediaType)
	writeTexts(w, "keywords", d.Keywords)
	writeNodes(w, "learningObjectives", d.LearningObjectives)
	w.node("isPartOf", d.IsPartOf)
	w.time("datePublished", d.DatePublished)
	w.text("version", d.Version)
}

// Frame is a part of a resource.
type Frame struct {
	DigitalResource
	Index *int
}

func (f *Frame) appendNode(w *writer) {
	if f == nil {
		return
	}
	f.begin(w, TypeFrame)
	f.own(w)
	f.end(w)
}

func (f *Frame) own(w *writer) {
	f.DigitalResource.own(w)
	w.integer("index", f.Index)
}

// Message is a post in a thread.
type Message struct {
	DigitalResource
	ReplyTo     Node // Message
	Body        string
	Attachments []Node // DigitalResources
}

func (m *Message) appendNode(w *writer) {
	if m == nil {
		return
	}
	m.begin(w, TypeMessage)
	m.own(w)
	m.end(w)
}

func (m *Message) own(w *writer) {
	m.DigitalResource.own(w)
	w.node("replyTo", m.ReplyTo)
	w.text("body", m.Body)
	writeNodes(w, "attachments", m.Attachments)
}

// Link is a URL that need not be a resource; the URL is its id.
type Link struct {
	Entity
}

func (l *Link) appendNode(w *writer) {
	if l == nil {
		return
	}
	l.begin(w, TypeLink)
	l.end(w)
}

// LtiLink is a link that launches a tool; the URL is its id.
type LtiLink struct {
	DigitalResource
	MessageType MessageType // one of the two constants, or empty
}

func (l *LtiLink) appendNode(w *writer) {
	if l == nil {
		return
	}
	l.begin(w, TypeLtiLink)
	l.own(w)
	l.end(w)
}

func (l *LtiLink) own(w *writer) {
	l.DigitalResource.own(w)
	w.text("messageType", string(l.MessageType))
}
