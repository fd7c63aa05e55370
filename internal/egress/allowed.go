package egress

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// Allowed lists exceptions to what is refused by default. The zero value
// allows none. It is what WEBHOOK_ALLOWED_HOSTS and DOWNLOAD_ALLOWED_HOSTS hold:
//
//   - A host name (backend.example.com) is one that jobs may name in their
//     addresses, with http too. It does not open the private network: where
//     the name leads to a private address, list that address as well.
//   - An IP address or a CIDR block (10.1.2.3, 10.0.0.0/8, ::1) may be dialled
//     though it is private or loopback, with http too, and may stand in an
//     address itself.
//   - With a port (backend.example.com:8443, 127.0.0.1:9000, [::1]:9000) it
//     holds for that port only.
type Allowed struct {
	entries []allowedEntry
}

// allowedEntry has either a host or a prefix; port 0 stands for all.
type allowedEntry struct {
	host   string
	prefix netip.Prefix
	port   uint16
}

// ParseAllowed reads a list of host names, addresses and CIDR blocks, separated
// by commas. An empty list allows nothing. The error tells which entry is wrong.
func ParseAllowed(list string) (Allowed, error) {
	var a Allowed
	for field := range strings.SplitSeq(list, ",") {
		if field = strings.TrimSpace(field); field == "" {
			continue
		}
		entry, err := parseEntry(field)
		if err != nil {
			return Allowed{}, fmt.Errorf("allowed host %q: %w", field, err)
		}
		a.entries = append(a.entries, entry)
	}
	return a, nil
}

func parseEntry(field string) (allowedEntry, error) {
	if prefix, err := netip.ParsePrefix(field); err == nil {
		return allowedEntry{prefix: prefix.Masked()}, nil
	}
	if addr, err := netip.ParseAddr(strings.Trim(field, "[]")); err == nil {
		return addrEntry(addr, 0)
	}
	if ap, err := netip.ParseAddrPort(field); err == nil {
		return addrEntry(ap.Addr(), ap.Port())
	}
	name, portText, hasPort := strings.Cut(field, ":")
	entry := allowedEntry{}
	if hasPort {
		port, err := strconv.ParseUint(portText, 10, 16)
		if err != nil || port == 0 {
			return entry, errors.New("the port must be 1 to 65535; give no scheme and no path")
		}
		entry.port = uint16(port)
	}
	var ok bool
	if entry.host, ok = canonicalHost(name); !ok {
		return entry, errors.New("it must be a host name, an IP address or a CIDR block; there are no wildcards")
	}
	return entry, nil
}

func addrEntry(addr netip.Addr, port uint16) (allowedEntry, error) {
	if addr.Zone() != "" {
		return allowedEntry{}, errors.New("an address with a zone cannot be listed")
	}
	addr = addr.Unmap()
	return allowedEntry{prefix: netip.PrefixFrom(addr, addr.BitLen()), port: port}, nil
}

// canonicalHost gives a name the form in which names are compared: lower case,
// in ASCII. Underscores are fine, container networks have them.
func canonicalHost(name string) (string, bool) {
	ascii, err := idna.New(idna.MapForLookup(), idna.StrictDomainName(false)).ToASCII(strings.TrimSuffix(name, "."))
	if err != nil || ascii == "" || len(ascii) > 253 || strings.Contains(ascii, "..") {
		return "", false
	}
	ascii = strings.ToLower(ascii)
	return ascii, strings.Trim(ascii, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

// hasAddr tells whether an address may be dialled although it is not public.
func (a Allowed) hasAddr(to netip.AddrPort) bool {
	for _, e := range a.entries {
		if e.host == "" && e.prefix.Contains(to.Addr()) && e.fits(to.Port()) {
			return true
		}
	}
	return false
}

// HasHost tells whether the host of a URL is listed, by name or by address.
func (a Allowed) HasHost(host string, port uint16) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Zone() == "" && a.hasAddr(netip.AddrPortFrom(addr.Unmap(), port))
	}
	name, ok := canonicalHost(host)
	if !ok {
		return false
	}
	for _, e := range a.entries {
		if e.host == name && e.fits(port) {
			return true
		}
	}
	return false
}

func (e allowedEntry) fits(port uint16) bool { return e.port == 0 || e.port == port }
