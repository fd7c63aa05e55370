package layout

// InvitationsOf is the start of all records of invitations.
const InvitationsOf = "people/invitations/"

// RevokedOf is the start of all marks of invitations that were revoked.
const RevokedOf = "people/revoked/"

// Erased is the record that somebody has asked for an exam to be deleted: all else of the
// exam is gone then.
func Erased(id string) string { return "people/erased/" + id + ".json" }

// Invitation is the record of an invitation that was made. It does not hold its link.
func Invitation(id string) string { return InvitationsOf + id + ".json" }

// Revoked marks an invitation that was revoked.
func Revoked(id string) string { return RevokedOf + id }
