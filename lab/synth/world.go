package synth

import (
	"fmt"
	"image"
	"math"
	"slices"
)

// worldPage is a page of the world's forms, drawn but not yet scanned.
type worldPage struct {
	leaf   *leaf
	form   *form
	damage damage
	seed   uint64
	id     string
}

// GreyPage draws a whole page of the world's forms as a scanner or a phone would save
// its brightness. It is what the page finder is trained with.
func (a *Assets) GreyPage(seed uint64, s Spec) (*image.Gray, *Truth, error) {
	p, err := a.drawForm(seed, s)
	if err != nil {
		return nil, nil, err
	}
	planes, truth, err := p.scan([]*image.Gray{p.leaf.brightness()}, a.noise)
	if err != nil {
		return nil, nil, err
	}
	return planes[0], truth, nil
}

// formSheet draws a page of the world's or the held-out forms in colours.
func (a *Assets) formSheet(seed uint64, s Spec) (*Sheet, error) {
	p, err := a.drawForm(seed, s)
	if err != nil {
		return nil, err
	}
	planes := p.leaf.colours()
	if s.Colour == GreyOnly || p.damage.bilevel {
		planes = []*image.Gray{p.leaf.brightness()}
	}
	planes, truth, err := p.scan(planes, a.noise)
	if err != nil {
		return nil, err
	}
	return &Sheet{together(planes), *truth}, nil
}

// drawForm prints a form and lets a person fill it in.
func (a *Assets) drawForm(seed uint64, s Spec) (*worldPage, error) {
	return a.drawPart(seed, s, func(f *form) box { return box{vec{}, vec{f.width, f.height}} })
}

// drawPart is drawForm, of a part of the page.
func (a *Assets) drawPart(seed uint64, s Spec, part func(*form) box) (*worldPage, error) {
	types, err := a.typefacesOf(s.Family)
	if err != nil {
		return nil, err
	}
	if s.Digits == 0 {
		s.Digits = max(len([]rune(s.ID)), 4)
	}
	press := newPress(types.last...)
	f, language := types.compose(s, press)
	unit, err := s.pixelsInMM(f)
	if err != nil {
		return nil, err
	}
	page := image.Rect(0, 0, int(math.Round(f.width*unit)), int(math.Round(f.height*unit)))
	l := &leaf{canvas: newCanvas(part(f).through(scale(unit, unit)).pixels(0).Intersect(page), a.grain), press: press, unit: unit}
	p := &worldPage{l, f, s.damage(seed), seed, s.ID}
	who, err := a.newPerson(seed, s, l, types, language)
	if err != nil {
		return nil, err
	}
	p.damage.keep(who.ink)
	p.draw(who, types)
	return p, who.err
}

// damage is what becomes of a page on its way into a file. Pages of one scan lie a little
// differently.
func (s Spec) damage(seed uint64) damage {
	if s.Scanner == 0 {
		return damageOf(s, stream(seed, "damage"))
	}
	d, r := damageOf(s, stream(s.Scanner, "damage")), stream(seed, "damage")
	d.skew += r.around(0, 0.3)
	d.shift = d.shift.add(vec{r.around(0, 1), r.around(0, 1)})
	return d
}

// pixelsInMM is how many pixels of the picture are a millimetre of a form.
func (s Spec) pixelsInMM(f *form) (float64, error) {
	switch {
	case s.LongSide == 0 && s.DPI == 0:
		return unitsInMM, nil
	case s.LongSide == 0 && s.DPI >= 100 && s.DPI <= 400:
		return s.DPI / 25.4, nil
	case s.LongSide >= 400 && s.LongSide <= 6000:
		return float64(s.LongSide) / math.Max(f.width, f.height), nil
	}
	return 0, fmt.Errorf("draw a page: %g dpi is not within 100 to 400, or %d pixels not within 400 to 6000", s.DPI, s.LongSide)
}

func damageOf(s Spec, r random) damage {
	if s.Family == HeldOutForms {
		return heldOutDamage(r, s.Colour)
	}
	return worldDamage(r, s.Colour)
}

// draw lays down the back, the print, the writing and the dirt, in this order.
func (p *worldPage) draw(who *person, types *typefaces) {
	if r := stream(p.seed, "back"); r.chance(0.4) {
		p.shineThrough(who, types, r)
	}
	for _, i := range p.form.items {
		i.draw(p.leaf)
	}
	for _, s := range p.form.slots {
		who.fill(s)
	}
	if len(p.form.items)+len(p.form.slots) > 0 {
		annotations{who, p.form}.draw()
	}
	p.damage.mark(p.leaf, stream(p.seed, "dirt"), vec{p.form.width, p.form.height})
}

// shineThrough draws the page's back. What the scanner doesn't see of it isn't noted.
func (p *worldPage) shineThrough(who *person, types *typefaces, r random) {
	shade := r.between(200, 247)
	back{who, types}.draw(p.form, r, uint8(shade))
	seen := func(v float64) float64 { return p.damage.contrast(p.damage.inked(v), p.leaf.unit) }
	if seen(shade) > seen(255)-5 {
		p.leaf.notes = nil
	}
	for i := range p.leaf.notes {
		p.leaf.notes[i].kind = BackInk
	}
}

// scan bends and wears the planes of a page, and the truth with them.
func (p *worldPage) scan(planes []*image.Gray, noise []int8) ([]*image.Gray, *Truth, error) {
	r := stream(p.seed, "scan")
	b := p.damage.bendOf(r, planes[0].Rect.Size(), p.leaf.unit)
	out, err := p.damage.apply(planes, b, noise, p.leaf.unit, r)
	if err != nil {
		return nil, nil, fmt.Errorf("scan page: %w", err)
	}
	t := p.truth(b)
	t.Regions = slices.DeleteFunc(t.Regions, func(r Region) bool { return !visible(out[0], r, p.damage.noise) })
	return out, t, nil
}

// newPerson invents who fills the form in.
func (a *Assets) newPerson(seed uint64, s Spec, l *leaf, types *typefaces, language script) (*person, error) {
	r := stream(seed, "person")
	w, err := a.newWriter(stream(seed, "writer"), s.Source)
	if err != nil {
		return nil, err
	}
	w.letters = types.lettersOf(r, language, pick(r, a.figures), w.letters)
	w.pen *= l.unit / unitsInMM
	w.takePen(r)
	p := &person{
		random: r, writer: w, leaf: l, id: s.ID, name: s.Name, names: a.names, script: language,
		tall: w.height / unitsInMM * math.Exp(r.around(0, 0.15)), loose: r.between(0.3, 1.6),
	}
	if r.chance(0.2) {
		p.slip = r.between(0.05, 0.4)
	}
	if s.Name == "" {
		p.name = nameIn(r, language)
	}
	if s.Blank {
		p.id, p.name = "", ""
	}
	return p, nil
}

// takePen swaps the usual pen for a coloured or a very pale one at times.
func (w *writer) takePen(r random) {
	switch k := r.Float64(); {
	case k < 0.1:
		w.ink = pick(r, []ink{{r: 30, g: 50, b: 170, fade: 0.2}, {r: 60, g: 80, b: 190, grain: 0.3, fade: 0.3}, {r: 20, g: 110, b: 60}, {r: 190, g: 40, b: 50}})
	case k < 0.22:
		v := uint8(r.between(100, 185))
		w.ink = ink{r: v, g: v, b: v, grain: r.between(0.2, 0.7), fade: r.between(0.1, 0.4)}
	}
}
