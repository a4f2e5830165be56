package caliper

// The 80 action terms (Caliper 1.2, Actions). MarkedAsUnread and the two
// …ClosedCaptioning are spelt as in the appendix of actions; the event tables
// and the JSON-LD context misspell one each.
const (
	Abandoned                Action = "Abandoned"
	Accepted                 Action = "Accepted"
	Activated                Action = "Activated"
	Added                    Action = "Added"
	Archived                 Action = "Archived"
	Attached                 Action = "Attached"
	Bookmarked               Action = "Bookmarked"
	ChangedResolution        Action = "ChangedResolution"
	ChangedSize              Action = "ChangedSize"
	ChangedSpeed             Action = "ChangedSpeed"
	ChangedVolume            Action = "ChangedVolume"
	Classified               Action = "Classified"
	ClosedPopout             Action = "ClosedPopout"
	Commented                Action = "Commented"
	Completed                Action = "Completed"
	Copied                   Action = "Copied"
	Created                  Action = "Created"
	Deactivated              Action = "Deactivated"
	Declined                 Action = "Declined"
	Deleted                  Action = "Deleted"
	Described                Action = "Described"
	DisabledClosedCaptioning Action = "DisabledClosedCaptioning"
	Disliked                 Action = "Disliked"
	Downloaded               Action = "Downloaded"
	EnabledClosedCaptioning  Action = "EnabledClosedCaptioning"
	Ended                    Action = "Ended"
	EnteredFullScreen        Action = "EnteredFullScreen"
	ExitedFullScreen         Action = "ExitedFullScreen"
	ForwardedTo              Action = "ForwardedTo"
	Graded                   Action = "Graded"
	Hid                      Action = "Hid"
	Highlighted              Action = "Highlighted"
	Identified               Action = "Identified"
	JumpedTo                 Action = "JumpedTo"
	Launched                 Action = "Launched"
	Liked                    Action = "Liked"
	Linked                   Action = "Linked"
	LoggedIn                 Action = "LoggedIn"
	LoggedOut                Action = "LoggedOut"
	MarkedAsRead             Action = "MarkedAsRead"
	MarkedAsUnread           Action = "MarkedAsUnread"
	Modified                 Action = "Modified"
	Muted                    Action = "Muted"
	NavigatedTo              Action = "NavigatedTo"
	OpenedPopout             Action = "OpenedPopout"
	OptedIn                  Action = "OptedIn"
	OptedOut                 Action = "OptedOut"
	Paused                   Action = "Paused"
	Posted                   Action = "Posted"
	Printed                  Action = "Printed"
	Published                Action = "Published"
	Questioned               Action = "Questioned"
	Ranked                   Action = "Ranked"
	Recommended              Action = "Recommended"
	Removed                  Action = "Removed"
	Reset                    Action = "Reset"
	Restarted                Action = "Restarted"
	Restored                 Action = "Restored"
	Resumed                  Action = "Resumed"
	Retrieved                Action = "Retrieved"
	Returned                 Action = "Returned"
	Reviewed                 Action = "Reviewed"
	Rewound                  Action = "Rewound"
	Saved                    Action = "Saved"
	Searched                 Action = "Searched"
	Sent                     Action = "Sent"
	Shared                   Action = "Shared"
	Showed                   Action = "Showed"
	Skipped                  Action = "Skipped"
	Started                  Action = "Started"
	Submitted                Action = "Submitted"
	Subscribed               Action = "Subscribed"
	Tagged                   Action = "Tagged"
	TimedOut                 Action = "TimedOut"
	Unmuted                  Action = "Unmuted"
	Unpublished              Action = "Unpublished"
	Unsubscribed             Action = "Unsubscribed"
	Uploaded                 Action = "Uploaded"
	Used                     Action = "Used"
	Viewed                   Action = "Viewed"
)

// actions is the whole range of action, which a generic Event may use.
var actions = []Action{
	Abandoned, Accepted, Activated, Added, Archived,
	Attached, Bookmarked, ChangedResolution, ChangedSize, ChangedSpeed,
	ChangedVolume, Classified, ClosedPopout, Commented, Completed,
	Copied, Created, Deactivated, Declined, Deleted,
	Described, DisabledClosedCaptioning, Disliked, Downloaded, EnabledClosedCaptioning,
	Ended, EnteredFullScreen, ExitedFullScreen, ForwardedTo, Graded,
	Hid, Highlighted, Identified, JumpedTo, Launched,
	Liked, Linked, LoggedIn, LoggedOut, MarkedAsRead,
	MarkedAsUnread, Modified, Muted, NavigatedTo, OpenedPopout,
	OptedIn, OptedOut, Paused, Posted, Printed,
	Published, Questioned, Ranked, Recommended, Removed,
	Reset, Restarted, Restored, Resumed, Retrieved,
	Returned, Reviewed, Rewound, Saved, Searched,
	Sent, Shared, Showed, Skipped, Started,
	Submitted, Subscribed, Tagged, TimedOut, Unmuted,
	Unpublished, Unsubscribed, Uploaded, Used, Viewed,
}
