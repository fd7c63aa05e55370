package synth

// What follows is frozen, and so is all that heldout*.go has: forms that nothing is trained
// with, to measure on. A change here makes earlier figures incomparable. None of the layouts
// and fields are among the world's, and the world's are not among these.

// What follows is frozen: forms that nothing is trained with, to measure on. A change
// here makes earlier figures incomparable. None of the layouts and fields below are
// among the world's, and the world's are not among these.

// heldOutVersion is the Version that these forms were frozen at; they keep it.
const heldOutVersion = 2

// heldOutForm sets a page of a held-out form.
type heldOutForm struct {
	*galley
	blocks   heldOutBlocks
	identity heldOutIdentity
}

func newHeldOutForm(g *galley) heldOutForm {
	return heldOutForm{g, heldOutBlocks{g}, heldOutIdentity{heldOutFields{g}}}
}

// layOut sets a page of a held-out form.
func (h heldOutForm) layOut(field bool) {
	h.masthead()
	before := pick(h.random, []int{0, 0, 0, 0, 1, 1, 2, 3, 5, 8})
	if h.height < 150 {
		before = 0
	}
	placed := !field
	for n := 0; h.y < h.height-2*h.em-10 && n < 50; n++ {
		if !placed && (n >= before || h.y > 0.6*h.height || h.height-h.y < 110) {
			h.identity.set()
			placed = true
			continue
		}
		h.blocks.block()
		h.y += h.em * h.between(0.4, 2.4)
	}
	if !placed {
		h.y = 0.8 * h.height
		h.identity.set()
	}
}

// masthead is a title between two lines, or on a dark ground.
func (h heldOutForm) masthead() {
	size := h.em * h.between(1.2, 1.8)
	said := pick(h.random, h.tasks)
	h.y += 2
	if h.chance(0.3) {
		h.shade(box{vec{h.left, h.y}, vec{h.right, h.y + 1.8*size}}, ink{r: 50, g: 50, b: 60})
		h.add(white{text{face: h.head, size: size, chars: said, at: translate(h.left+2, h.y+1.25*size)}})
	} else {
		h.rule(vec{h.left, h.y}, vec{h.right, h.y})
		h.fitted(h.head, size, said, vec{h.left, h.y + 1.3*size}, h.right-h.left)
		h.rule(vec{h.left, h.y + 1.8*size}, vec{h.right, h.y + 1.8*size})
	}
	h.y += 2.4 * size
	if h.chance(0.4) {
		h.y += h.em
		h.print(h.body[0], 0.8*h.em, newDate(h.random)+" / "+pick(h.random, h.others)+" "+newCourse(h.random), vec{h.left, h.y})
		h.y += h.em
	}
}
