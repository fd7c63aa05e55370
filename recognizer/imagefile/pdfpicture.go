package imagefile

import (
	"errors"
	"image"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/filter"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// pdfResources are what a page's content names.
type pdfResources struct {
	doc *model.Context
	all types.Dict
}

func (s *pdfScan) resources(d types.Dict) pdfResources { return pdfResources{s.doc, d} }

// find looks a name up in one of the kinds of resources.
func (r pdfResources) find(kind, name string) (types.Object, error) {
	of, has := r.all.Find(kind)
	if !has {
		return nil, errNotAScan
	}
	d, err := r.doc.DereferenceDict(of)
	if err != nil {
		return nil, err
	}
	o, has := d.Find(name)
	if !has {
		return nil, errNotAScan
	}
	return r.doc.Dereference(o)
}

// plain holds for a graphics state without transparency.
func (r pdfResources) plain(operands []string) error {
	if len(operands) != 1 {
		return errNotAScan
	}
	o, err := r.find("ExtGState", operands[0][1:])
	if err != nil {
		return err
	}
	d, ok := o.(types.Dict)
	if !ok {
		return errNotAScan
	}
	for key, value := range d {
		switch key {
		case "CA", "ca":
			opacity, isNumber := r.doc.DereferenceNumber(value)
			err = unless(isNumber == nil && opacity == 1)
		case "BM":
			err = unless(value == types.Name("Normal"))
		case "SMask":
			err = unless(value == types.Name("None"))
		case "TR", "TR2", "BG", "BG2", "UCR", "UCR2", "HT":
			err = errNotAScan
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pdfPicture is an image of a document, still packed.
type pdfPicture struct {
	stream     types.StreamDict
	coding     string // the last filter; "" for samples as they are
	params     types.Dict
	size       image.Point
	components int // 1 for grey, 3 for colour
	bits       int // of a sample
	inverted   bool
	palette    []byte // of so many components each; nil for none
	lim        Limits
}

// picture reads an image's dictionary; an error for what we do not decode.
func (s *pdfScan) picture(from pdfResources, at placement) (p pdfPicture, err error) {
	o, err := from.find("XObject", at.name)
	if err != nil {
		return p, err
	}
	stream, ok := o.(types.StreamDict)
	if !ok || stream.Subtype() == nil || *stream.Subtype() != "Image" {
		return p, errNotAScan
	}
	for _, key := range []string{"SMask", "Mask", "OC", "SMaskInData"} {
		if _, has := stream.Find(key); has {
			return p, errNotAScan
		}
	}
	p = pdfPicture{stream: stream, lim: s.lim, bits: 1, components: 1}
	width, err := s.integer(stream.Dict, "Width")
	height, err2 := s.integer(stream.Dict, "Height")
	if err := errors.Join(err, err2, s.lim.checkPixels(width, height)); err != nil {
		return p, err
	}
	p.size = image.Pt(width, height)
	if err := p.filters(); err != nil {
		return p, err
	}
	return p, s.samples(&p, at)
}

// filters takes apart the last one, which may be an image's coding.
func (p *pdfPicture) filters() error {
	pipeline := p.stream.FilterPipeline
	if len(pipeline) == 0 {
		return nil
	}
	last := pipeline[len(pipeline)-1]
	switch last.Name {
	case filter.DCT, filter.CCITTFax:
		p.coding, p.params = last.Name, last.DecodeParms
		p.stream.FilterPipeline = pipeline[:len(pipeline)-1]
		p.stream.Content = nil
	case filter.JBIG2, filter.JPX: // PDFium has decoders of these, we have none
		return errNotAScan
	}
	return nil
}

// samples says what the samples mean.
func (s *pdfScan) samples(p *pdfPicture, at placement) (err error) {
	stencil := p.stream.BooleanEntry("ImageMask")
	if stencil != nil && *stencil {
		if !at.black || p.coding == filter.DCT {
			return errNotAScan
		}
		return s.natural(p)
	}
	if p.bits, err = s.integer(p.stream.Dict, "BitsPerComponent"); err != nil {
		if p.coding == "" {
			return err
		}
		p.bits = map[string]int{filter.DCT: 8, filter.CCITTFax: 1}[p.coding]
	}
	space, has := p.stream.Find("ColorSpace")
	if !has {
		return errNotAScan
	}
	if p.components, p.palette, err = s.colours(space, 0); err != nil {
		return err
	}
	if !slices.Contains([]int{1, 2, 4, 8}, p.bits) || p.palette != nil && p.coding != "" {
		return errNotAScan
	}
	return s.natural(p)
}

// natural knows the natural range of samples, and that of black turned to white.
func (s *pdfScan) natural(p *pdfPicture) error {
	o, has := p.stream.Find("Decode")
	if !has {
		return nil
	}
	list, err := s.doc.DereferenceArray(o)
	if err != nil || p.palette != nil || len(list) != 2*p.components {
		return errNotAScan
	}
	for i := range list {
		v, err := s.doc.DereferenceNumber(list[i])
		switch {
		case err != nil || v != 0 && v != 1:
			return errNotAScan
		case i == 0:
			p.inverted = v == 1
		case (v == 1) != ((i%2 == 1) != p.inverted):
			return errNotAScan
		}
	}
	if p.inverted && (p.components != 1 || p.coding == filter.DCT) {
		return errNotAScan
	}
	return nil
}

// colours knows grey and red-green-blue, by whatever they are calibrated, and
// palettes of these.
func (s *pdfScan) colours(o types.Object, depth int) (components int, palette []byte, err error) {
	if o, err = s.doc.Dereference(o); err != nil || depth > 1 {
		return 0, nil, errNotAScan
	}
	list, _ := o.(types.Array)
	if len(list) > 0 {
		if o, err = s.doc.Dereference(list[0]); err != nil {
			return 0, nil, err
		}
	}
	name, _ := o.(types.Name)
	switch name {
	case "DeviceGray", "CalGray", "G":
		return 1, nil, nil
	case "DeviceRGB", "CalRGB", "RGB":
		return 3, nil, nil
	case "ICCBased":
		if len(list) == 2 {
			return s.profile(list[1])
		}
	case "Indexed", "I":
		if len(list) == 4 && depth == 0 {
			return s.indexed(list)
		}
	}
	return 0, nil, errNotAScan
}

func (s *pdfScan) profile(o types.Object) (components int, palette []byte, err error) {
	stream, _, err := s.doc.DereferenceStreamDict(o)
	if err != nil || stream == nil {
		return 0, nil, errNotAScan
	}
	if components, err = s.integer(stream.Dict, "N"); err != nil || components != 1 && components != 3 {
		return 0, nil, errNotAScan
	}
	return components, nil, nil
}

func (s *pdfScan) indexed(list types.Array) (components int, palette []byte, err error) {
	if components, _, err = s.colours(list[1], 1); err != nil {
		return 0, nil, err
	}
	table, err := s.doc.Dereference(list[3])
	if err != nil {
		return 0, nil, err
	}
	switch t := table.(type) {
	case types.StreamDict:
		const largest = 3 * 256
		if err := t.DecodeWithLimit(largest + 1); err != nil {
			return 0, nil, err
		}
		palette = t.Content
	case types.HexLiteral:
		if palette, err = t.Bytes(); err != nil {
			return 0, nil, err
		}
	case types.StringLiteral:
		if palette, err = types.Unescape(t.Value()); err != nil {
			return 0, nil, err
		}
	default:
		return 0, nil, errNotAScan
	}
	return components, palette, unless(len(palette) >= components)
}

func (s *pdfScan) integer(d types.Dict, key string) (int, error) {
	o, has := d.Find(key)
	if !has {
		return 0, errNotAScan
	}
	v, err := s.doc.DereferenceInteger(o)
	if err != nil || v == nil {
		return 0, errNotAScan
	}
	return v.Value(), nil
}
