//! Networks of a test's own, with cables that can be pulled. Root on Linux.

use std::path::Path;
use std::process::Command;

/// Whether this machine lets a test make networks and file systems of its own.
pub(crate) fn may_change_the_system(what: &str) -> bool {
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.starts_with(b"0\n"));
    let able = root && cfg!(target_os = "linux") && Command::new("ip").arg("-V").output().is_ok();
    if !able {
        println!("left out, since it takes root on Linux: {what}");
    }
    able
}

/// Runs a program, which has to end well.
pub(crate) fn run(program: &str, args: &[&str]) {
    let output = Command::new(program).args(args).output().unwrap();
    assert!(
        output.status.success(),
        "{program} {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A network with two hosts: this one, and a namespace for the door.
pub(crate) struct Network {
    name: String,
    here: String,
    subnet: String,
}

impl Network {
    /// A new one, whose addresses are 10.`kind`.`number`.x. Whoever runs at the same time uses another kind or number.
    pub(crate) fn new(kind: u8, number: u8) -> Self {
        let network = Self {
            name: format!("portero{kind}-{number}"),
            here: format!("pd{kind}-{number}"),
            subnet: format!("10.{kind}.{number}"),
        };
        let there = format!("pe{kind}-{number}");
        run("ip", &["netns", "add", &network.name]);
        run(
            "ip",
            &[
                "link",
                "add",
                &network.here,
                "type",
                "veth",
                "peer",
                "name",
                &there,
                "netns",
                &network.name,
            ],
        );
        run(
            "ip",
            &[
                "addr",
                "add",
                &format!("{}.1/24", network.subnet),
                "dev",
                &network.here,
            ],
        );
        run(
            "ip",
            &[
                "-n",
                &network.name,
                "addr",
                "add",
                &format!("{}.2/24", network.subnet),
                "dev",
                &there,
            ],
        );
        run("ip", &["-n", &network.name, "link", "set", &there, "up"]);
        run("ip", &["-n", &network.name, "link", "set", "lo", "up"]);
        network.mend();
        network
    }

    /// The cable is pulled: no FIN, no RST, nothing.
    pub(crate) fn cut(&self) {
        run("ip", &["link", "set", &self.here, "down"]);
    }

    /// The cable is plugged in again.
    pub(crate) fn mend(&self) {
        run("ip", &["link", "set", &self.here, "up"]);
    }

    /// This host's address in it.
    pub(crate) fn host(&self) -> String {
        format!("{}.1", self.subnet)
    }

    /// A command that runs there.
    pub(crate) fn there(&self, program: &Path) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program);
        command
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // Takes both ends of the cable along.
        let _ = Command::new("ip").args(["netns", "del", &self.name]).status();
        let _ = Command::new("ip").args(["link", "del", &self.here]).output();
    }
}
