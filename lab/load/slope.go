package main

import "math"

// slope is a least-squares line's slope with its 95 % confidence interval.
type slope struct{ mean, low, high float64 }

// windows is into how many parts the samples are cut: neighbouring samples of a
// process's memory are nearly the same, and only means of long parts can pass for
// independent.
const windows = 20

// slopeOf fits a line through the windows' means. Fewer than three of them have no
// slope: NaN.
func slopeOf(x, y []float64) slope {
	x, y = means(x), means(y)
	n := float64(len(x))
	if len(x) < 3 {
		return slope{math.NaN(), math.NaN(), math.NaN()}
	}
	mx, my := mean(x), mean(y)
	var sxx, sxy float64
	for i := range x {
		sxx += (x[i] - mx) * (x[i] - mx)
		sxy += (x[i] - mx) * (y[i] - my)
	}
	b := sxy / sxx
	var rest float64
	for i := range x {
		e := y[i] - my - b*(x[i]-mx)
		rest += e * e
	}
	half := student(n-2) * math.Sqrt(rest/(n-2)/sxx)
	return slope{b, b - half, b + half}
}

func means(v []float64) []float64 {
	size := max(1, len(v)/windows)
	var out []float64
	for i := 0; i+size <= len(v); i += size {
		out = append(out, mean(v[i:i+size]))
	}
	return out
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// student is the two-sided 95 % quantile of Student's t, by Cornish and Fisher's
// expansion: right to a percent from 4 degrees of freedom on.
func student(df float64) float64 {
	const z = 1.959964
	z3, z5 := math.Pow(z, 3), math.Pow(z, 5)
	z7 := math.Pow(z, 7)
	return z + (z3+z)/(4*df) + (5*z5+16*z3+3*z)/(96*df*df) + (3*z7+19*z5+17*z3-15*z)/(384*df*df*df)
}
