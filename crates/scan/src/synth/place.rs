//! How a carrier is held before the camera: a pinhole camera looking at a tilted plane.

use super::{Canvas, Texture};
use crate::decode::Corners;

/// Focal length and distance in pixels: a usual webcam's.
const FOCAL: f32 = 1100.0;

/// Where and how it is held.
#[derive(Clone, Copy, Debug)]
pub struct Pose {
    /// Middle of the code in the frame.
    pub centre: [f32; 2],
    /// Pixels a module, before the tilt.
    pub module_px: f32,
    /// Degrees out of the plane of the frame.
    pub tilt: f32,
    /// Direction of the axis that it is tilted around, in degrees.
    pub axis: f32,
    /// Degrees turned in the plane of the frame.
    pub roll: f32,
}

type Matrix = [[f32; 3]; 3];

impl Pose {
    /// From the texture's pixels to the frame's.
    fn matrix(&self, texture: &Texture) -> Matrix {
        let (x0, y0, w) = texture.code;
        let (cx, cy) = (x0 as f32 + w as f32 / 2.0, y0 as f32 + w as f32 / 2.0);
        let scale = self.module_px / texture.module as f32;
        let (sin, cos) = self.tilt.to_radians().sin_cos();
        let (ky, kx) = self.axis.to_radians().sin_cos();
        // Rodrigues' rotation around an axis in the plane; its first two columns are all that a plane needs.
        let c1 = 1.0 - cos;
        let m = [
            [1.0 - c1 * ky * ky, c1 * kx * ky],
            [c1 * kx * ky, 1.0 - c1 * kx * kx],
            [-sin * ky, sin * kx],
        ];
        let (rs, rc) = self.roll.to_radians().sin_cos();
        // Texture pixel → scaled, rolled, around the code's middle.
        let plane = [
            [scale * rc, -scale * rs, -scale * (rc * cx - rs * cy)],
            [scale * rs, scale * rc, -scale * (rs * cx + rc * cy)],
        ];
        let row = |r: [f32; 2]| [0, 1, 2].map(|j| r[0] * plane[0][j] + r[1] * plane[1][j]);
        let [x, y, mut z] = m.map(row);
        z[2] += FOCAL;
        let project = |v: [f32; 3], c: f32| [0, 1, 2].map(|j| FOCAL * v[j] + c * z[j]);
        [project(x, self.centre[0]), project(y, self.centre[1]), z]
    }

    /// Corners of the code in the frame.
    pub fn corners(&self, texture: &Texture) -> Corners {
        let (x0, y0, w) = texture.code;
        let (x0, y0, w) = (x0 as f32, y0 as f32, w as f32);
        let m = self.matrix(texture);
        [[x0, y0], [x0 + w, y0], [x0 + w, y0 + w], [x0, y0 + w]].map(|p| apply(&m, p))
    }

    /// Draws the texture over the canvas, each pixel from `fine` × `fine` places in it, its brightness times
    /// `shade` of the place in the frame. Gives the code's corners.
    pub fn place(
        &self,
        canvas: &mut Canvas,
        texture: &Texture,
        fine: usize,
        shade: &dyn Fn(f32, f32) -> f32,
    ) -> Corners {
        let m = self.matrix(texture);
        let Some(back) = inverse(&m) else {
            return self.corners(texture);
        };
        let (tw, th) = (texture.canvas.width as f32, texture.canvas.height as f32);
        let outline = [[0.0, 0.0], [tw, 0.0], [tw, th], [0.0, th]].map(|p| apply(&m, p));
        let range = |axis: usize, end: usize| {
            let low = outline
                .iter()
                .map(|p| p[axis])
                .fold(f32::MAX, f32::min)
                .clamp(0.0, end as f32);
            let high = outline
                .iter()
                .map(|p| p[axis])
                .fold(f32::MIN, f32::max)
                .clamp(0.0, end as f32);
            low as usize..(high.ceil() as usize).min(end)
        };
        let (columns, rows) = (range(0, canvas.width), range(1, canvas.height));
        let fine = fine.max(1);
        let part = 1.0 / (fine * fine) as f32;
        for y in rows {
            for x in columns.clone() {
                let (mut sum, mut hits) = (0.0, 0.0);
                for i in 0..fine * fine {
                    let sub = |n: usize| (n as f32 + 0.5) / fine as f32;
                    let [u, v] = apply(&back, [x as f32 + sub(i % fine), y as f32 + sub(i / fine)]);
                    if (0.0..tw).contains(&u) && (0.0..th).contains(&v) {
                        sum += texture.canvas.sample(u - 0.5, v - 0.5);
                        hits += part;
                    }
                }
                if hits > 0.0 {
                    let pixel = &mut canvas.data[y * canvas.width + x];
                    *pixel = *pixel * (1.0 - hits) + sum * part * shade(x as f32, y as f32);
                }
            }
        }
        self.corners(texture)
    }
}

fn apply(m: &Matrix, p: [f32; 2]) -> [f32; 2] {
    let [x, y, z] = m.map(|r| r[0] * p[0] + r[1] * p[1] + r[2]);
    [x / z, y / z]
}

fn inverse(m: &Matrix) -> Option<Matrix> {
    let minor = |r: usize, c: usize| {
        let (a, b) = ((r + 1) % 3, (r + 2) % 3);
        let (d, e) = ((c + 1) % 3, (c + 2) % 3);
        m[a][d] * m[b][e] - m[a][e] * m[b][d]
    };
    let det = (0..3).map(|c| m[0][c] * minor(0, c)).sum::<f32>();
    (det.abs() > f32::EPSILON).then(|| [0, 1, 2].map(|r| [0, 1, 2].map(|c| minor(c, r) / det)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{StillDecoder, near, side};
    use crate::synth::texture::Look;
    use std::sync::Arc;

    #[test]
    fn a_placed_code_is_read_where_it_was_put() {
        let mut rng = fastrand::Rng::with_seed(3);
        let look = Look::of(&mut rng, true);
        let texture = Texture::draw(&mut rng, b"PORTERO", &look).unwrap();
        let mut canvas = Canvas::new(640, 480, 90.0);
        let pose = Pose {
            centre: [300.0, 250.0],
            module_px: 6.0,
            tilt: 25.0,
            axis: 40.0,
            roll: 70.0,
        };
        let corners = pose.place(&mut canvas, &texture, 2, &|_, _| 1.0);
        let reading = StillDecoder::new().decode(&Arc::new(canvas.to_luma()));
        assert_eq!(reading.codes[0].bytes, b"PORTERO");
        let found = reading.codes[0].corners;
        assert!(near(&found, &corners), "{found:?} {corners:?}");
        for (a, b) in found.iter().zip(corners) {
            assert!(
                (a[0] - b[0]).hypot(a[1] - b[1]) < side(&corners) / 10.0,
                "{found:?} {corners:?}"
            );
        }
    }
}
