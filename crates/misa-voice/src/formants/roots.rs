//! Zeros of a polynomial.

use super::burg::MOST;
use realfft::num_complex::Complex;

/// Steps after which a search is given up.
const STEPS: usize = 60;
/// Square of the size of a step, relative to the zero, from which on it is found: the step has
/// three times as many digits as the one before, and polishing doubles them.
const SMALL: f64 = 1e-10;
/// Square of a polishing step after which another one changes nothing.
const POLISHED: f64 = 1e-18;
/// Square of an imaginary part, relative to the zero, below which it is none.
const REAL: f64 = 1e-18;

/// Zeros of `x^n + a[1] x^(n-1) + ... + a[n]`: real ones, and those of each pair with a positive imaginary part.
///
/// Laguerre's method finds one after the other from a fixed start, and each is taken out of the polynomial; two
/// steps of Newton's on the whole polynomial polish them. `None` if one is not found.
///
/// - Source: Press and others, "Numerical recipes", section on Laguerre's method.
pub(super) fn roots(coefficients: &[f64]) -> Option<Roots> {
    let mut rest = [0.0; MOST + 1];
    rest.get_mut(..coefficients.len())?
        .copy_from_slice(coefficients);
    let mut degree = coefficients.len().checked_sub(1)?;
    let mut roots = Roots::default();
    while degree > 0 {
        let found = match degree {
            2 => square_zero(&rest)?,
            _ => laguerre(&rest[..=degree])?,
        };
        let is_real = found.im * found.im <= REAL * found.norm_sqr().max(1e-6);
        if is_real || degree == 1 {
            divide(&mut rest[..=degree], [-found.re, 0.0]);
            degree -= 1;
            roots.push(Complex::new(found.re, 0.0), coefficients);
        } else {
            divide(&mut rest[..=degree], [-2.0 * found.re, found.norm_sqr()]);
            degree -= 2;
            roots.push(Complex::new(found.re, found.im.abs()), coefficients);
        }
    }
    Some(roots)
}

/// Zeros that were found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Roots {
    found: [Complex<f64>; MOST],
    count: usize,
}

impl Roots {
    /// The zeros, in no order.
    pub fn as_slice(&self) -> &[Complex<f64>] {
        &self.found[..self.count]
    }

    fn push(&mut self, mut root: Complex<f64>, coefficients: &[f64]) {
        for _ in 0..2 {
            let [value, slope] = value_and_slope(coefficients, root);
            let step = value / slope;
            // Two zeros at one place have no slope there.
            if step.is_finite() && step.norm_sqr() < 1e-6 {
                root -= step;
            }
            if step.norm_sqr() < POLISHED {
                break;
            }
        }
        self.found[self.count] = root;
        self.count += 1;
    }
}

/// One zero, from a fixed start.
fn laguerre(coefficients: &[f64]) -> Option<Complex<f64>> {
    let degree = (coefficients.len() - 1) as f64;
    let mut root = Complex::new(0.4, 0.9);
    for step in 0..STEPS {
        let [value, slope, bend] = evaluate(coefficients, root);
        let size = value.norm_sqr();
        if size < f64::MIN_POSITIVE {
            return Some(root);
        }
        let inverse = value.conj() / size;
        let first = slope * inverse;
        let square = first * first;
        let second = square - bend * inverse;
        let root_of = square_root((second * degree - square) * (degree - 1.0));
        let (plus, minus) = (first + root_of, first - root_of);
        let larger = if plus.norm_sqr() > minus.norm_sqr() {
            plus
        } else {
            minus
        };
        let mut change = larger.conj() * (degree / larger.norm_sqr());
        if !change.is_finite() {
            change = Complex::new(0.1, 0.2);
        }
        // A shorter step now and then ends a rare circle.
        if step % 10 == 9 {
            change *= 0.6;
        }
        root -= change;
        if change.norm_sqr() <= SMALL * root.norm_sqr().max(1e-6) {
            return root.is_finite().then_some(root);
        }
    }
    None
}

/// A zero of `x² + a x + b`, with `[1, a, b]` first in `coefficients`: the larger one of two that are real.
fn square_zero(coefficients: &[f64]) -> Option<Complex<f64>> {
    let (half, product) = (0.5 * coefficients[1], coefficients[2]);
    let inside = half * half - product;
    let root = inside.abs().sqrt();
    let found = if inside < 0.0 {
        Complex::new(-half, root)
    } else {
        // The sum of two of one sign loses no digits.
        Complex::new(-half - root.copysign(half), 0.0)
    };
    found.is_finite().then_some(found)
}

/// Square root, without the angle that the library's goes by.
fn square_root(x: Complex<f64>) -> Complex<f64> {
    let larger = ((x.norm_sqr().sqrt() + x.re.abs()) / 2.0).sqrt();
    if larger == 0.0 {
        return Complex::new(0.0, 0.0);
    }
    let smaller = 0.5 * x.im.abs() / larger;
    if x.re >= 0.0 {
        Complex::new(larger, smaller.copysign(x.im))
    } else {
        Complex::new(smaller, larger.copysign(x.im))
    }
}

/// Value and first derivative of a polynomial.
fn value_and_slope(coefficients: &[f64], x: Complex<f64>) -> [Complex<f64>; 2] {
    let mut value = Complex::new(0.0, 0.0);
    let mut slope = value;
    for coefficient in coefficients {
        slope = slope * x + value;
        value = value * x + coefficient;
    }
    [value, slope]
}

/// Value, first and second derivative of a polynomial.
fn evaluate(coefficients: &[f64], x: Complex<f64>) -> [Complex<f64>; 3] {
    let mut value = Complex::new(0.0, 0.0);
    let (mut slope, mut half_bend) = (value, value);
    for coefficient in coefficients {
        half_bend = half_bend * x + slope;
        slope = slope * x + value;
        value = value * x + coefficient;
    }
    [value, slope, half_bend * 2.0]
}

/// Divides in place by `x + a`, or by `x² + a x + b` where b is not 0. What is left over is at the end.
fn divide(coefficients: &mut [f64], [a, b]: [f64; 2]) {
    for k in 1..coefficients.len() {
        coefficients[k] -= a * coefficients[k - 1];
        if k > 1 {
            coefficients[k] -= b * coefficients[k - 2];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Coefficients of the product of `x² - 2 r cos(angle) x + r²`.
    fn product(pairs: &[(f64, f64)]) -> Vec<f64> {
        pairs.iter().fold(vec![1.0], |product, (radius, angle)| {
            let factor = [1.0, -2.0 * radius * angle.cos(), radius * radius];
            let mut next = vec![0.0; product.len() + 2];
            for (i, left) in product.iter().enumerate() {
                for (j, right) in factor.iter().enumerate() {
                    next[i + j] += left * right;
                }
            }
            next
        })
    }

    #[test]
    fn pairs_are_found() {
        let pairs = [
            (0.99, 0.2),
            (0.97, 0.7),
            (0.9, 1.5),
            (0.95, 2.0),
            (0.6, 2.9),
        ];
        let found = roots(&product(&pairs)).unwrap();
        let mut found: Vec<_> = found
            .as_slice()
            .iter()
            .map(|root| root.to_polar())
            .collect();
        found.sort_by(|a, b| a.1.total_cmp(&b.1));
        assert_eq!(found.len(), 5);
        for (found, pair) in found.iter().zip(&pairs) {
            assert!(
                (found.0 - pair.0).abs() < 1e-9 && (found.1 - pair.1).abs() < 1e-9,
                "{found:?}"
            );
        }
    }

    #[test]
    fn real_zeros_are_found() {
        // (x - 0.5)(x + 0.25)
        let found = roots(&[1.0, -0.25, -0.125]).unwrap();
        let mut found: Vec<f64> = found.as_slice().iter().map(|root| root.re).collect();
        found.sort_by(f64::total_cmp);
        assert!((found[0] + 0.25).abs() < 1e-12 && (found[1] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn square_roots_are_those_of_the_library() {
        for x in [
            [3.0, -4.0],
            [-3.0, 4.0],
            [-3.0, -4.0],
            [0.0, 2.0],
            [-4.0, 0.0],
        ] {
            let x = Complex::new(x[0], x[1]);
            assert!((square_root(x) - x.sqrt()).norm() < 1e-15, "{x}");
        }
        assert_eq!(square_root(Complex::default()), Complex::default());
    }

    #[test]
    fn odd_polynomials_end() {
        assert!(roots(&[1.0]).unwrap().as_slice().is_empty());
        assert!(roots(&[]).is_none());
        assert!(roots(&[1.0, f64::NAN, 1.0]).is_none());
        assert!(roots(&[0.0; MOST + 2]).is_none());
        assert!(roots(&[1.0, 0.0, 0.0, 0.0, 0.0]).is_some());
    }
}
