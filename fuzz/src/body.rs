//! Requests for predictions. What is read is written in every layout and must be read again as it was.

use misa_wire::{Limits, Request, WireError, clip_from_json_line};
use std::hint::black_box;

/// Room for whatever a short input holds, and little enough for limits to be met.
const LIMITS: Limits = Limits {
    clips: 4,
    steps: 64,
    values: 512,
    text_bytes: 1024,
    id_bytes: 64,
};

/// `data` as a body of JSON, and as a line.
pub fn json(data: &[u8]) {
    compare(Request::from_json(data, &LIMITS));
    let clip = clip_from_json_line(data, &LIMITS);
    compare(clip.map(|clip| Request {
        clips: vec![clip],
        ..Request::default()
    }));
}

/// `data` as a body of safetensors.
pub fn safetensors(data: &[u8]) {
    compare(Request::from_safetensors(data, &LIMITS));
}

fn compare(request: Result<Request, WireError>) {
    let request = match request {
        Ok(request) => request,
        Err(error) => {
            // Places and quotes are short, whatever was sent.
            let message = error.to_string();
            assert!(message.chars().count() < 500, "{message}");
            black_box(error.kind());
            return;
        }
    };
    let written = "what was read can be written";
    let lists = request.to_json().expect(written);
    assert_eq!(Request::from_json(&lists, &LIMITS).as_ref(), Ok(&request));
    let packed = request.to_packed_json().expect(written);
    assert_eq!(Request::from_json(&packed, &LIMITS).as_ref(), Ok(&request));
    let tensors = request.to_safetensors().expect(written);
    assert_eq!(
        Request::from_safetensors(&tensors, &LIMITS).as_ref(),
        Ok(&request)
    );
}
