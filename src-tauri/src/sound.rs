//! Sound at the door, from Rust: it does not wait for the window, and plays while the window is hidden.

mod tones;

use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use rodio::buffer::SamplesBuffer;
use rodio::cpal::BufferSize;
use rodio::{DeviceSinkBuilder, MixerDeviceSink};

use crate::preferences::Preferences;
pub(crate) use tones::Meaning;

/// How long to wait before a missing sound device is looked for again: looking can take a second.
const RETRY: Duration = Duration::from_secs(30);

/// Frames that the device takes at once. Two of these lie before a new sound: 43 ms at 48 kHz, where the library's own choice
/// would be twice that. Fewer would stutter on a busy laptop.
const AT_ONCE: u32 = 1_024;

/// The way to the thread that owns the sound device.
#[derive(Debug, Clone)]
pub(crate) struct Speaker(Sender<Meaning>);

impl Speaker {
    /// Starts the thread. The device is opened before the first sound, so that the first is not late.
    pub(crate) fn start(preferences: Arc<Preferences>) -> Self {
        let (sender, sounds) = channel();
        let thread = std::thread::Builder::new()
            .name("sound".to_owned())
            .spawn(move || play(&sounds, &preferences));
        if let Err(error) = thread {
            tracing::warn!("there will be no sound: {error}");
        }
        Self(sender)
    }

    /// Plays, as loud as the settings say. A computer without sound is no error: the screen says the same.
    pub(crate) fn play(&self, meaning: Meaning) {
        // The thread is gone only where it could not be started, which was logged.
        let _ = self.0.send(meaning);
    }
}

fn play(sounds: &Receiver<Meaning>, preferences: &Preferences) {
    let mut device = open();
    let mut tried = Instant::now();
    let (Some(mono), Some(rate)) = (NonZero::new(1), NonZero::new(tones::RATE)) else {
        return;
    };
    while let Ok(meaning) = sounds.recv() {
        let loudness = preferences.now().sound;
        if loudness <= 0.0 {
            continue;
        }
        if device.is_none() && tried.elapsed() > RETRY {
            device = open();
            tried = Instant::now();
        }
        if let Some(device) = &device {
            device
                .mixer()
                .add(SamplesBuffer::new(mono, rate, tones::samples(meaning, loudness)));
        }
    }
}

fn open() -> Option<MixerDeviceSink> {
    DeviceSinkBuilder::from_default_device()
        .and_then(|device| device.with_buffer_size(BufferSize::Fixed(AT_ONCE)).open_stream())
        .or_else(|refused| {
            tracing::info!("the sound device does not answer at once: {refused}");
            DeviceSinkBuilder::open_default_sink()
        })
        .inspect_err(|error| tracing::warn!("there is no sound device, so no sound: {error}"))
        .ok()
}
