//! Scenes of the kinds that hints are for, drawn over several seeds: how often the right one comes.

use std::sync::Arc;
use std::thread;

use fastrand::Rng;

use super::of;
use crate::blocks::Blocks;
use crate::decode::LiveDecoder;
use crate::luma::Luma;
use crate::synth::scene::{HEIGHT, Plan, Ticket, WIDTH};
use crate::synth::{Canvas, Pose, Texture, between, effects, texture::Look};
use crate::view::Hint;

/// The hint for a scene; `None`: it was read.
fn hint(plane: Luma) -> Option<Option<Hint>> {
    let mut live = LiveDecoder::new();
    let plane = Arc::new(plane);
    // The plain look and our own reader's.
    let reading = live.decode(&plane);
    reading
        .codes
        .is_empty()
        .then(|| of(&plane, &Blocks::of(&plane), &reading))
}

/// Of as many scenes: in how many nothing is read, and how many of these show another hint than they should.
fn wrong(scenes: u64, wanted: Option<Hint>, draw: fn(&mut Rng) -> Luma) -> (usize, Vec<(u64, Option<Hint>)>) {
    let unread = |seed: u64| Some((seed, hint(draw(&mut Rng::with_seed(0x417 + seed)))?));
    let unread: Vec<_> = (0..scenes).filter_map(unread).collect();
    let wrong = unread
        .iter()
        .copied()
        .filter(|(_, hint)| *hint != wanted)
        .collect();
    (unread.len(), wrong)
}

fn finished(rng: &mut Rng, mut canvas: Canvas, gain: f32) -> Luma {
    effects::sensor(rng, &mut canvas, gain, 1.6);
    let quality = rng.u8(45..85);
    effects::jpeg(&canvas, quality).to_luma()
}

fn phone(rng: &mut Rng, module_px: f32) -> crate::synth::scene::Scene {
    Plan {
        module_px: Some(module_px),
        phone: Some(true),
        ..Plan::default()
    }
    .draw(rng)
}

fn far(rng: &mut Rng) -> Luma {
    let plan = Plan {
        module_px: Some(between(rng, 0.9, 1.6)),
        phone: Some(true),
        ..Plan::default()
    };
    // Tickets have 41 modules a side and more.
    let ticket = Ticket::of(rng, 120);
    let room = effects::room(rng, WIDTH, HEIGHT);
    let scene = plan.add(rng, room, ticket, None);
    finished(rng, effects::lens(&scene.canvas), 0.6)
}

fn near(rng: &mut Rng) -> Luma {
    let ticket = Ticket::any(rng);
    let look = Look::of(rng, true);
    let texture = Texture::of(rng, &ticket.modules, &look);
    let pose = Pose {
        centre: [
            WIDTH as f32 * between(rng, 0.3, 0.7),
            HEIGHT as f32 * between(rng, 0.3, 0.7),
        ],
        module_px: between(rng, 900.0, 1700.0) / ticket.modules.size() as f32,
        tilt: between(rng, 0.0, 12.0),
        axis: between(rng, 0.0, 360.0),
        roll: between(rng, -15.0, 15.0),
    };
    let mut canvas = effects::room(rng, WIDTH, HEIGHT);
    pose.place(&mut canvas, &texture, 1, &|_, _| 1.0);
    let soft = between(rng, 0.6, 4.0);
    finished(rng, effects::defocus(&canvas, soft), 0.6)
}

fn defocused(rng: &mut Rng) -> Luma {
    let px = between(rng, 3.0, 6.0);
    let scene = phone(rng, px);
    let radius = scene.module_px * between(rng, 1.2, 2.0);
    finished(rng, effects::defocus(&scene.canvas, radius), 0.6)
}

fn moved(rng: &mut Rng) -> Luma {
    let px = between(rng, 3.0, 6.0);
    let scene = phone(rng, px);
    let length = scene.module_px * between(rng, 2.2, 4.0);
    let canvas = effects::motion(&effects::lens(&scene.canvas), length, between(rng, 0.0, 180.0));
    finished(rng, canvas, 0.6)
}

fn glare(rng: &mut Rng) -> Luma {
    let px = between(rng, 3.5, 6.0);
    let mut scene = phone(rng, px);
    let cover = between(rng, 0.15, 0.4);
    effects::glare(rng, &mut scene.canvas, &scene.corners, 280.0, cover);
    finished(rng, effects::lens(&scene.canvas), 0.6)
}

fn dark(rng: &mut Rng) -> Luma {
    let scene = Plan {
        phone: Some(false),
        ..Plan::default()
    }
    .draw(rng);
    // Where there is little light, the shutter is open for long.
    let mut canvas = effects::defocus(&scene.canvas, scene.module_px * 1.3);
    let light = between(rng, 0.06, 0.15);
    canvas.data.iter_mut().for_each(|p| *p *= light);
    let own = between(rng, 1.6, 4.0);
    effects::sensor(rng, &mut canvas, 0.9, own);
    canvas.to_luma()
}

/// Something before the lens: one shade, lighter towards where light comes through.
fn covered(rng: &mut Rng, shade: f32, through: f32) -> Luma {
    let mut canvas = Canvas::new(WIDTH, HEIGHT, shade);
    let from = [between(rng, -200.0, 1480.0), between(rng, -200.0, 920.0)];
    canvas.each(|x, y, p| {
        let d = (x as f32 - from[0]).hypot(y as f32 - from[1]) / 700.0;
        p + through * (-d * d).exp()
    });
    let gain = between(rng, 0.2, 0.9);
    finished(rng, canvas, gain)
}

fn lid(rng: &mut Rng) -> Luma {
    let (shade, through) = (between(rng, 50.0, 150.0), between(rng, 0.0, 30.0));
    covered(rng, shade, through)
}

fn finger(rng: &mut Rng) -> Luma {
    let (shade, through) = (between(rng, 30.0, 110.0), between(rng, 40.0, 120.0));
    covered(rng, shade, through)
}

fn black(rng: &mut Rng) -> Luma {
    let shade = between(rng, 0.0, 8.0);
    covered(rng, shade, 0.0)
}

fn empty(rng: &mut Rng) -> Luma {
    let room = effects::room(rng, WIDTH, HEIGHT);
    let gain = between(rng, 0.15, 0.9);
    finished(rng, room, gain)
}

/// Somebody holds up a phone as they should.
fn good(rng: &mut Rng) -> Luma {
    let px = between(rng, 3.0, 6.0);
    let scene = phone(rng, px);
    finished(rng, effects::lens(&scene.canvas), 0.6)
}

#[test]
fn the_right_hint_comes() {
    type Kind = (&'static str, Hint, fn(&mut Rng) -> Luma);
    let kinds: [Kind; 9] = [
        ("far", Hint::TooFar, far),
        ("near", Hint::TooNear, near),
        ("defocused", Hint::Blurred, defocused),
        ("moved", Hint::Blurred, moved),
        ("glare", Hint::Glare, glare),
        ("dark", Hint::TooDark, dark),
        ("black", Hint::Covered, black),
        ("lid", Hint::Covered, lid),
        ("finger", Hint::Covered, finger),
    ];
    thread::scope(|scope| {
        for (name, wanted, draw) in kinds {
            scope.spawn(move || {
                let (unread, wrong) = wrong(10, Some(wanted), draw);
                assert!(unread >= 7, "{name}: only {unread} of the scenes are unread");
                assert!(wrong.len() * 10 <= unread, "{name}: of {unread} {wrong:?}");
            });
        }
    });
}

#[test]
fn nothing_is_said_where_nothing_is_wrong() {
    let (unread, wrong_of_empty) = wrong(16, None, empty);
    assert_eq!(unread, 16);
    assert!(wrong_of_empty.is_empty(), "{wrong_of_empty:?}");
    // A phone held as it should be is read, and then nothing is said.
    let (unread, _) = wrong(8, None, good);
    assert!(unread <= 1, "{unread} of 8 are not read");
}
