//! A client that sends any bytes to a server on this machine, and reads what it answers.

use serde_json::Value;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longest wait for an answer, so that no test hangs.
const LONGEST: Duration = Duration::from_secs(60);
/// Largest answer, in bytes.
const LARGEST: usize = 64 << 20;

/// A connection to a server.
#[derive(Debug)]
pub struct HttpClient {
    stream: BufReader<TcpStream>,
}

/// An answer of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Its status.
    pub status: u16,
    /// Its headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl HttpClient {
    /// Connects to a server.
    ///
    /// # Errors
    ///
    /// If the server takes no connection.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(LONGEST))?;
        stream.set_write_timeout(Some(LONGEST))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    ///
    /// If the connection is closed.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// The connection itself.
    pub fn stream(&self) -> &TcpStream {
        self.stream.get_ref()
    }

    /// Whether bytes of an answer, or the end of the connection, have come.
    pub fn has_answer(&mut self) -> bool {
        let stream = self.stream.get_ref();
        if stream.set_nonblocking(true).is_err() {
            return true;
        }
        let mut byte = [0];
        let peeked = stream.peek(&mut byte);
        let waits = matches!(&peeked, Err(error) if error.kind() == ErrorKind::WouldBlock);
        stream.set_nonblocking(false).is_err() || !waits
    }

    /// The next answer.
    ///
    /// # Errors
    ///
    /// If the connection ends before it, or it is not HTTP. [`ErrorKind::UnexpectedEof`] if it ends
    /// before the first byte.
    pub fn answer(&mut self) -> io::Result<HttpAnswer> {
        let first = self.line()?;
        let status = first
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| invalid(&first))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').ok_or_else(|| invalid(&line))?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_string()));
        }
        let mut answer = HttpAnswer {
            status,
            headers,
            body: Vec::new(),
        };
        answer.body = self.body(&answer)?;
        Ok(answer)
    }

    /// Sends a request and returns its answer. `headers` are whole lines without their ends.
    ///
    /// # Errors
    ///
    /// As [`Self::send`] and [`Self::answer`].
    pub fn ask(&mut self, line: &str, headers: &[&str], body: &[u8]) -> io::Result<HttpAnswer> {
        self.send(&request(line, headers, body))?;
        self.answer()
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let line = line.strip_suffix("\r\n").ok_or_else(|| invalid(&line))?;
        Ok(line.to_string())
    }

    fn body(&mut self, answer: &HttpAnswer) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        if let Some(length) = answer.header("content-length") {
            let length: usize = length.parse().map_err(|_| invalid(length))?;
            if length > LARGEST {
                return Err(invalid("content-length"));
            }
            body.resize(length, 0);
            self.stream.read_exact(&mut body)?;
            return Ok(body);
        }
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let line = self.line()?;
                let size = usize::from_str_radix(&line, 16).map_err(|_| invalid(&line))?;
                if size > LARGEST - body.len() {
                    return Err(invalid(&line));
                }
                let begin = body.len();
                body.resize(begin + size, 0);
                self.stream.read_exact(&mut body[begin..])?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        }
        Ok(body)
    }
}

impl HttpAnswer {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// Panics if it is not JSON.
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

/// The bytes of a request such as `GET /livez`. `headers` are whole lines without their ends.
pub fn request(line: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{line} HTTP/1.1\r\nhost: localhost\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    if !body.is_empty() {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

fn invalid(found: &str) -> io::Error {
    let message = format!("expected an answer in HTTP/1.1, found {found:?}");
    io::Error::new(ErrorKind::InvalidData, message)
}
