//! What goes wrong: weather, crashes, clocks, sleep, a hub that is restarted or restored, a laptop that is revoked or copied.

use portero_door::sim::{lose_commits_after, lost_commits};
use serde_json::Value;

use crate::seat::{Seat, Weather, copy};
use crate::world::World;

const DAY: i64 = 24 * 3_600_000;

impl World {
    /// Something goes wrong, or is mended.
    pub(crate) fn trouble(&mut self) -> Result<(), String> {
        let at = self.rng.usize(..self.seats.len());
        match self.rng.u8(0..15) {
            0..5 if self.taste.weather => {
                let kinds = [
                    Weather::Fine,
                    Weather::Fine,
                    Weather::Slow,
                    Weather::Lossy,
                    Weather::Down,
                    Weather::Dead,
                    Weather::HalfOpen,
                    Weather::Portal,
                    Weather::Storm,
                ];
                let weather = *self.pick(&kinds);
                self.change_weather(at, weather);
            }
            5 => {
                self.seats[at].stalled = self.rng.bool();
                self.office.moved = true;
            }
            6 => self.end_laptop(at)?,
            7 => {
                let off = self.seats[at].laptop.is_none();
                if off {
                    self.switch_on(at)?;
                }
            }
            8 => self.hub_trouble()?,
            9 if self.taste.clocks => {
                let jump = if self.rng.bool() {
                    self.rng.i64(-DAY..DAY)
                } else {
                    self.rng.i64(-20_000..20_000)
                };
                self.clock_jumps(at, jump);
            }
            10 => self.fall_asleep(at),
            11 if self.taste.revokes && self.rng.u8(..) < 80 => self.revoke(at)?,
            12 if self.taste.twins => self.copy_folder(at)?,
            13 if self.taste.restores => self.restore_trouble()?,
            14 => self.partition(at),
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn change_weather(&mut self, at: usize, weather: Weather) {
        self.trace.note(self.now, || format!("seat {at}: {weather:?}"));
        let before = self.seats[at].weather;
        self.seats[at].weather = weather;
        self.office.moved = true;
        // Connections may outlive a dead link, or not.
        let mute = |weather| matches!(weather, Weather::Dead | Weather::HalfOpen);
        if mute(before) && !mute(weather) && self.rng.bool() {
            self.break_stream(at);
        }
    }

    /// A clock is set: mostly a laptop's, now and then the hub's.
    fn clock_jumps(&mut self, at: usize, jump: i64) {
        let hub = self.rng.u8(..) < 40;
        let clock = if hub {
            &mut self.office.skew
        } else {
            &mut self.seats[at].skew
        };
        *clock = (*clock + jump).clamp(-DAY, DAY);
        self.trace.note(self.now, || {
            let whose = if hub {
                "the hub".to_owned()
            } else {
                format!("seat {at}")
            };
            format!("{whose}'s clock jumps by {jump} ms")
        });
    }

    /// A laptop can no longer reach one of the replicas, or can again.
    fn partition(&mut self, at: usize) {
        let replicas = self.office.hubs.len();
        if replicas > 1 {
            let cut_from = self.rng.bool().then(|| self.rng.usize(..replicas));
            self.seats[at].cut_from = cut_from;
            self.office.moved = true;
            self.trace.note(self.now, || {
                format!("seat {at} cannot reach replica {cut_from:?}")
            });
        }
    }

    fn break_stream(&mut self, at: usize) {
        if let Some(ear) = self.seats[at].ear.take() {
            self.say_ended(at, ear.number);
        }
    }

    /// Before a laptop's step, in a night that is rich in crashes: the power may fail between two of its commits.
    pub(crate) fn maybe_cut(&mut self) {
        if self.taste.crashes > 0 && self.rng.u16(..) < self.taste.crashes {
            lose_commits_after(Some(self.rng.u32(0..3)));
        }
    }

    /// After a laptop's step: it may have been the last.
    pub(crate) fn maybe_crash(&mut self, at: usize) -> Result<(), String> {
        let cut = lost_commits();
        lose_commits_after(None);
        if cut || self.taste.crashes > 0 && self.seats[at].works() && self.rng.u16(..) < self.taste.crashes {
            self.end_laptop(at)?;
        }
        Ok(())
    }

    fn end_laptop(&mut self, at: usize) -> Result<(), String> {
        if self.seats[at].laptop.is_none() {
            return Ok(());
        }
        self.trace.note(self.now, || format!("seat {at} crashes"));
        self.seats[at].crash();
        self.power_fails(at);
        if self.rng.bool() {
            self.switch_on(at)?;
        }
        Ok(())
    }

    /// `cache.db` is not synced at each commit: where the power fails it may be an earlier one.
    fn power_fails(&mut self, at: usize) {
        let (dir, kept) = (
            self.seats[at].dir.clone(),
            self.seats[at].dir.with_extension("kept"),
        );
        let files = ["cache.db", "cache.db-wal"];
        if kept.exists() && self.rng.u8(..) < 50 {
            for file in files {
                let _ = std::fs::remove_file(dir.join(file));
                let _ = std::fs::copy(kept.join(file), dir.join(file));
            }
            let _ = std::fs::remove_file(dir.join("cache.db-shm"));
            self.trace
                .note(self.now, || format!("seat {at}'s cache is an earlier one"));
        } else if self.rng.bool() {
            std::fs::create_dir_all(&kept).unwrap();
            for file in files {
                let _ = std::fs::remove_file(kept.join(file));
                let _ = std::fs::copy(dir.join(file), kept.join(file));
            }
        }
    }

    fn fall_asleep(&mut self, at: usize) {
        if self.seats[at].works() {
            let ms = if self.rng.bool() {
                self.rng.i64(1_000..120_000)
            } else {
                self.rng.i64(120_000..3 * 3_600_000)
            };
            self.seats[at].asleep = Some(self.now + ms);
            self.seats[at].fell_asleep = self.now;
            self.trace.note(self.now, || format!("seat {at} sleeps {ms} ms"));
        }
    }

    /// Those whose sleep is over wake: their forward clock stood still.
    pub(crate) fn rise(&mut self) {
        for at in 0..self.seats.len() {
            if self.seats[at].asleep.is_none_or(|until| until > self.now) {
                continue;
            }
            let seat = &mut self.seats[at];
            seat.asleep = None;
            seat.zero += self.now - seat.fell_asleep;
            self.read_letters(at);
            self.office.moved = true;
            if self.rng.bool() {
                self.break_stream(at);
            }
        }
    }

    fn hub_trouble(&mut self) -> Result<(), String> {
        let replica = self.rng.usize(..self.office.hubs.len());
        if self.office.hubs[replica].is_none() {
            return self.start_replica(replica);
        }
        match self.rng.u8(0..4) {
            0 => self.keep_house(replica)?,
            1 => {
                let clean = self.rng.bool();
                self.stop_replica(replica, clean);
                self.start_replica(replica)?;
            }
            2 => {
                let clean = self.rng.bool();
                self.stop_replica(replica, clean);
            }
            _ => self.note_hub(replica)?,
        }
        Ok(())
    }

    /// A replica ends, as killed or in good order.
    pub(crate) fn stop_replica(&mut self, replica: usize, clean: bool) {
        self.trace
            .note(self.now, || format!("replica {replica} ends, clean: {clean}"));
        if clean {
            if let Some(hub) = &self.office.hubs[replica] {
                hub.close();
                self.office.moved = true;
            }
            self.pump();
            let _ = self.note_hub(replica);
        }
        for at in 0..self.seats.len() {
            let seat = &mut self.seats[at];
            let hears = seat.ear.as_ref().is_some_and(|ear| ear.replica == replica);
            if !hears {
                continue;
            }
            if matches!(seat.weather, Weather::Dead | Weather::HalfOpen) {
                // Nobody can tell the laptop.
                seat.ear = None;
            } else {
                self.break_stream(at);
            }
        }
        self.office.crash(replica);
    }

    pub(crate) fn start_replica(&mut self, replica: usize) -> Result<(), String> {
        self.trace.note(self.now, || format!("replica {replica} starts"));
        self.office.start(replica, self.now)?;
        self.learn()
    }

    fn keep_house(&mut self, replica: usize) -> Result<(), String> {
        self.office.look_at_clock(self.now);
        self.oracle.stale = true;
        self.office.hubs[replica].as_ref().map_or(Ok(()), |hub| {
            hub.keep_house().map_err(|error| format!("housekeeping: {error}"))
        })
    }

    fn note_hub(&mut self, replica: usize) -> Result<(), String> {
        self.office.hubs[replica]
            .as_ref()
            .map_or(Ok(()), |hub| hub.note().map_err(|error| format!("note: {error}")))
    }

    fn restore_trouble(&mut self) -> Result<(), String> {
        if self.office.backups.is_empty() || self.rng.bool() {
            self.trace.note(self.now, || "a backup is made".to_owned());
            return self.office.back_up(self.now);
        }
        for replica in 0..self.office.hubs.len() {
            let clean = self.rng.bool();
            self.stop_replica(replica, clean);
        }
        let backup = self.rng.usize(..self.office.backups.len());
        self.trace
            .note(self.now, || format!("backup {backup} is restored"));
        self.office.restore(backup, self.now)?;
        self.start_hub()
    }

    /// Every replica that is off starts.
    fn start_hub(&mut self) -> Result<(), String> {
        for replica in 0..self.office.hubs.len() {
            if self.office.hubs[replica].is_none() {
                self.start_replica(replica)?;
            }
        }
        Ok(())
    }

    fn revoke(&mut self, at: usize) -> Result<(), String> {
        let devices = self.office.get("api/dispositivos", self.now);
        let name = self.seats[at].name.clone();
        let device = devices.as_ref().and_then(|list| {
            let devices = list["dispositivos"].as_array()?;
            devices.iter().find(|device| device["nombre"] == name.as_str())
        });
        if let Some(device) = device
            && device["rol"] == "portero"
        {
            let path = format!(
                "api/dispositivos/{}/revocar",
                device["id"].as_str().unwrap_or_default()
            );
            self.trace.note(self.now, || format!("{name} is revoked"));
            self.office.write("POST", &path, &Value::Null, None, self.now);
            self.learn()?;
        }
        Ok(())
    }

    /// Somebody copies a laptop's data folder to another laptop, with its token.
    fn copy_folder(&mut self, at: usize) -> Result<(), String> {
        let twins = self.seats.iter().filter(|seat| seat.twin_of.is_some()).count();
        if twins > 0 || self.seats[at].name == "Gerencia" {
            return Ok(());
        }
        let was_on = self.seats[at].laptop.is_some();
        self.seats[at].crash();
        let from = &self.seats[at];
        let dir = from.dir.with_extension("twin");
        copy(&from.dir, &dir);
        let mut twin = Seat::new(from.name.clone(), dir, from.token.clone(), from.settings.clone());
        twin.twin_of = Some(at);
        self.trace
            .note(self.now, || format!("seat {at} runs twice from now on"));
        self.seats.push(twin);
        if was_on {
            self.switch_on(at)?;
        }
        self.switch_on(self.seats.len() - 1)
    }

    /// All that went wrong is mended: links, clocks, power, the hub. What was revoked stays so, and a copy gets a token of its own.
    pub(crate) fn mend(&mut self) -> Result<(), String> {
        self.taste.crashes = 0;
        self.taste.repeats = 0;
        self.taste.breaks = 0;
        self.taste.last_words = 0;
        self.start_hub()?;
        self.strangers_pair_again()?;
        for at in 0..self.seats.len() {
            self.change_weather(at, Weather::Fine);
            self.seats[at].cut_from = None;
            self.seats[at].stalled = false;
            self.office.moved = true;
            if let Some(until) = self.seats[at].asleep {
                self.seats[at].asleep = Some(until.min(self.now));
            }
            if self.seats[at].laptop.is_none() {
                self.switch_on(at)?;
            }
        }
        self.rise();
        self.send();
        Ok(())
    }
}
