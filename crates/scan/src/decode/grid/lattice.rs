//! Where the modules of a code lie in the picture.

use crate::decode::Corners;
use crate::luma::Luma;

/// Distance of a finder pattern's middle from the code's borders, in modules.
pub(super) const ANCHOR: f32 = 3.5;

/// Maps modules (0, 0 is the code's outer corner, one unit a module) to pixels, as a camera sees a plane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lattice {
    /// Modules on a side.
    pub(super) size: usize,
    /// Pixels of the middles of the three finder patterns, and of where a fourth would be: top left, top right,
    /// bottom right, bottom left.
    pub(super) anchors: Corners,
    matrix: [f32; 9],
}

impl Lattice {
    /// `None` if the anchors are no quadrilateral that a camera could see.
    pub(super) fn new(size: usize, anchors: Corners) -> Option<Self> {
        let matrix = from_square(&anchors, size as f32)?;
        Some(Self {
            size,
            anchors,
            matrix,
        })
    }

    /// The fourth corner of a parallelogram, where the picture shows no sign of it.
    pub(super) fn square(size: usize, [tl, tr, bl]: [[f32; 2]; 3]) -> Option<Self> {
        let br = [tr[0] + bl[0] - tl[0], tr[1] + bl[1] - tl[1]];
        Self::new(size, [tl, tr, br, bl])
    }

    /// The pixel of a place among the modules.
    pub(super) fn at(&self, x: f32, y: f32) -> [f32; 2] {
        let m = &self.matrix;
        let z = 1.0 / (m[6] * x + m[7] * y + m[8]);
        [(m[0] * x + m[1] * y + m[2]) * z, (m[3] * x + m[4] * y + m[5]) * z]
    }

    /// The code's outer corners.
    pub(super) fn outline(&self) -> Corners {
        let n = self.size as f32;
        [[0.0, 0.0], [n, 0.0], [n, n], [0.0, n]].map(|[x, y]| self.at(x, y))
    }

    /// Pixels a module, roughly.
    pub(super) fn module(&self) -> f32 {
        crate::decode::side(&self.anchors) / (self.size as f32 - 2.0 * ANCHOR)
    }
}

/// Heckbert's mapping of a square, the anchors' of a code of `size` modules, onto four points.
fn from_square([p0, p1, p2, p3]: &Corners, size: f32) -> Option<[f32; 9]> {
    let (ax, ay) = (p1[0] - p2[0], p1[1] - p2[1]);
    let (bx, by) = (p3[0] - p2[0], p3[1] - p2[1]);
    let (sx, sy) = (p0[0] - p1[0] + p2[0] - p3[0], p0[1] - p1[1] + p2[1] - p3[1]);
    let det = ax * by - bx * ay;
    if det.abs() < 1.0 {
        return None;
    }
    let g = (sx * by - bx * sy) / det;
    let h = (ax * sy - sx * ay) / det;
    // The plane's horizon must not cross the code.
    if [1.0 + g, 1.0 + h, 1.0 + g + h].iter().any(|z| *z < 0.2) {
        return None;
    }
    let unit = [
        [p1[0] - p0[0] + g * p1[0], p3[0] - p0[0] + h * p3[0], p0[0]],
        [p1[1] - p0[1] + g * p1[1], p3[1] - p0[1] + h * p3[1], p0[1]],
        [g, h, 1.0],
    ];
    let span = size - 2.0 * ANCHOR;
    let mut matrix = [0.0; 9];
    for (row, [u, v, w]) in matrix.chunks_exact_mut(3).zip(unit) {
        row.copy_from_slice(&[u / span, v / span, w - ANCHOR * (u + v) / span]);
    }
    Some(matrix)
}

/// Brightness between pixels; beyond the border, the border's. A pixel's middle is at half.
pub(super) fn sample(plane: &Luma, [x, y]: [f32; 2]) -> f32 {
    let (w, h) = (plane.width(), plane.height());
    let (x, y) = (
        (x - 0.5).clamp(0.0, (w - 1) as f32),
        (y - 0.5).clamp(0.0, (h - 1) as f32),
    );
    let (left, top) = (x as usize, y as usize);
    let (fx, fy) = (x - left as f32, y - top as f32);
    let (right, below) = ((left + 1).min(w - 1), (top + 1).min(h - 1));
    let data = plane.data();
    let p = |x: usize, y: usize| f32::from(data[y * w + x]);
    let upper = p(left, top) * (1.0 - fx) + p(right, top) * fx;
    let lower = p(left, below) * (1.0 - fx) + p(right, below) * fx;
    upper * (1.0 - fy) + lower * fy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_where_they_were_put() {
        let anchors = [[10.0, 20.0], [210.0, 40.0], [190.0, 230.0], [20.0, 200.0]];
        let lattice = Lattice::new(25, anchors).unwrap();
        let back = [[3.5, 3.5], [21.5, 3.5], [21.5, 21.5], [3.5, 21.5]].map(|[x, y]| lattice.at(x, y));
        for (a, b) in back.iter().zip(anchors) {
            assert!((a[0] - b[0]).hypot(a[1] - b[1]) < 0.01, "{a:?} {b:?}");
        }
    }

    #[test]
    fn what_no_camera_sees_is_refused() {
        let flat = [[0.0, 0.0], [10.0, 0.0], [20.0, 0.0], [30.0, 0.0]];
        assert!(Lattice::new(21, flat).is_none());
        let folded = [[0.0, 0.0], [100.0, 0.0], [20.0, 20.0], [0.0, 100.0]];
        assert!(Lattice::new(21, folded).is_none());
    }

    #[test]
    fn between_pixels_is_between_their_values() {
        let plane = Luma::new(2, 1, vec![0, 100]).unwrap();
        assert_eq!(sample(&plane, [0.5, 0.5]), 0.0);
        assert_eq!(sample(&plane, [1.0, 0.5]), 50.0);
        assert_eq!(sample(&plane, [9.0, -3.0]), 100.0);
    }
}
