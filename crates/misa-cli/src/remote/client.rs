//! A device of another process, through Burn's remote backend.

use crate::device::{DeviceError, REMOTE};
use crate::exit::Outcome;
use burn::remote::{ConnectError, RemoteHost};
use burn::tensor::Device;
use std::any::Any;
use std::io::{self, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The scheme of an address.
const SCHEME: &str = "ws://";

/// How long an address may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The remote devices opened so far, and what panics said since.
static OPENED: Mutex<Opened> = Mutex::new(Opened {
    devices: Vec::new(),
    panics: Vec::new(),
});

struct Opened {
    devices: Vec<(String, Device)>,
    panics: Vec<String>,
}

fn opened() -> MutexGuard<'static, Opened> {
    OPENED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The device at an address such as `ws://127.0.0.1:3000`.
///
/// Its computations panic once its process is gone; [`guarded`] makes an error of that.
///
/// # Errors
///
/// [`DeviceError`] if the address is none, or nobody answers there, or not as Burn does.
pub(crate) fn open(address: &str) -> Result<Device, DeviceError> {
    let name = format!("{REMOTE}{address}");
    reach(address, &name)?;
    let device = Device::remote_options(&RemoteHost::websocket(address)).init();
    let device = device.map_err(|error| unreachable(&name, &reason(&error)))?;
    let mut opened = opened();
    if opened.devices.is_empty() {
        set_hook(Box::new(|panic| {
            self::opened().panics.push(panic.to_string())
        }));
    }
    opened.devices.push((name, device.clone()));
    Ok(device)
}

/// Fails unless somebody listens at the address. Burn would try for a quarter of a minute.
fn reach(address: &str, name: &str) -> Result<(), DeviceError> {
    let invalid = || DeviceError::Address {
        name: name.to_owned(),
    };
    let place = address.strip_prefix(SCHEME).ok_or_else(invalid)?;
    let (host, port) = place.rsplit_once(':').ok_or_else(invalid)?;
    let is_port = port.parse::<u16>().is_ok_and(|port| port > 0);
    if host.is_empty() || host.contains(['/', '@', '?', '#']) || !is_port {
        return Err(invalid());
    }
    let places = place.to_socket_addrs();
    let places = places.map_err(|error| unreachable(name, &error.to_string()))?;
    let mut last = "the name has no address".to_owned();
    for place in places {
        match TcpStream::connect_timeout(&place, PATIENCE) {
            Ok(_) => return Ok(()),
            Err(error) => last = error.to_string(),
        }
    }
    Err(unreachable(name, &last))
}

fn unreachable(name: &str, reason: &str) -> DeviceError {
    DeviceError::Unreachable {
        name: name.to_owned(),
        reason: reason.to_owned(),
    }
}

/// What Burn says, on one line.
fn reason(error: &ConnectError) -> String {
    let text = error.to_string();
    text.lines().collect::<Vec<_>>().join(" ")
}

/// Does `work`; a panic because the process of a remote device is gone is an error that names it.
///
/// # Errors
///
/// That of `work`, or [`DeviceError::Lost`].
///
/// # Panics
///
/// If `work` does while every remote device answers.
pub(crate) fn guarded(work: impl FnOnce() -> Outcome) -> Outcome {
    let done = catch_unwind(AssertUnwindSafe(work));
    let panic = match done {
        Ok(outcome) => return outcome,
        Err(panic) => panic,
    };
    match lost() {
        Some(name) => Err(DeviceError::Lost { name }.into()),
        None => panic_again(panic),
    }
}

/// The first remote device that does not answer.
fn lost() -> Option<String> {
    let devices = opened().devices.clone();
    let mut devices = devices.into_iter();
    let lost = devices.find(|(_, device)| device.clone().sync().is_err());
    lost.map(|(name, _)| name)
}

/// Says what the panic said, if that was kept back, and goes on with it.
fn panic_again(panic: Box<dyn Any + Send>) -> ! {
    for message in opened().panics.drain(..) {
        let _ = writeln!(io::stderr(), "{message}");
    }
    if !opened().devices.is_empty() {
        let _ = take_hook();
    }
    resume_unwind(panic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn message(address: &str) -> String {
        open(address).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn an_address_has_a_scheme_a_host_and_a_port() {
        for address in [
            "",
            "127.0.0.1:3000",
            "http://127.0.0.1:3000",
            "ws://127.0.0.1",
            "ws://:3000",
            "ws://127.0.0.1:0",
            "ws://127.0.0.1:70000",
            "ws://127.0.0.1:3000/path",
            "ws://name@127.0.0.1:3000",
        ] {
            assert_eq!(
                message(address),
                format!(
                    "device remote:{address}: expected an address such as remote:ws://127.0.0.1:3000"
                )
            );
        }
    }

    #[test]
    fn nobody_at_an_address_is_said_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("ws://{}", listener.local_addr().unwrap());
        drop(listener);
        let said = message(&address);
        let expected = format!("device remote:{address}: nobody lends a device there (");
        assert!(said.starts_with(&expected), "{said}");
    }
}
