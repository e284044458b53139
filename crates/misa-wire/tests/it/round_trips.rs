//! What is written is read again.

use misa_terms::{Clip, ClipText, Modalities, Modality, Sequence};
use misa_wire::{Limits, Request};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Any finite number, by its bits.
fn number() -> impl Strategy<Value = f32> {
    let finite = |bits| Some(f32::from_bits(bits)).filter(|number| number.is_finite());
    any::<u32>().prop_filter_map("finite", finite)
}

fn rows() -> impl Strategy<Value = Sequence> {
    (1..4_usize, 1..4_usize).prop_flat_map(|(steps, d_input)| {
        let values = vec(number(), steps * d_input);
        // The last step is there, so that no clip is empty.
        (values, vec(any::<bool>(), steps - 1)).prop_map(move |(mut values, mut absent)| {
            absent.push(false);
            for (row, &absent) in values.chunks_mut(d_input).zip(&absent) {
                if absent {
                    row.fill(0.0);
                }
            }
            Sequence::with_absent(d_input, values, absent).expect("whole rows")
        })
    })
}

/// A text with a visible character.
fn text() -> impl Strategy<Value = String> {
    (any::<String>(), any::<String>()).prop_map(|(before, after)| format!("{before}a{after}"))
}

fn clip_text() -> impl Strategy<Value = ClipText> {
    prop_oneof![
        text().prop_map(ClipText::Sentence),
        vec(text(), 1..4).prop_map(ClipText::Words),
        vec(any::<u32>(), 1..4).prop_map(ClipText::Ids),
        (rows(), vec(text(), 0..4))
            .prop_map(|(vectors, words)| ClipText::Vectors { vectors, words }),
    ]
}

fn clip() -> impl Strategy<Value = Clip> {
    let parts = (
        "[a-z]{0,8}",
        option::of(clip_text()),
        option::of(rows()),
        rows(),
    );
    parts.prop_map(|(id, text, visual, acoustic)| Clip {
        id,
        text,
        visual,
        // So that no clip is empty, whatever is asked for.
        acoustic: Some(acoustic),
    })
}

fn request() -> impl Strategy<Value = Request> {
    let modalities = prop_oneof![
        Just(None),
        Just(Some(Modalities::ALL)),
        Just(Modalities::new(&[Modality::Acoustic]).ok()),
    ];
    let parts = (option::of(text()), modalities, vec(clip(), 1..4));
    parts.prop_map(|(model, modalities, clips)| Request {
        model,
        modalities,
        clips,
    })
}

/// Generous, because texts of the generator are long.
const LIMITS: Limits = Limits {
    clips: 8,
    steps: 64,
    values: 1 << 12,
    text_bytes: 1 << 16,
    id_bytes: 1 << 16,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_layout_is_read_as_it_was_written(request in request()) {
        let lists = request.to_json().unwrap();
        prop_assert_eq!(&Request::from_json(&lists, &LIMITS).unwrap(), &request);
        let packed = request.to_packed_json().unwrap();
        prop_assert_eq!(&Request::from_json(&packed, &LIMITS).unwrap(), &request);
        let tensors = request.to_safetensors().unwrap();
        prop_assert_eq!(&Request::from_safetensors(&tensors, &LIMITS).unwrap(), &request);
    }

    #[test]
    fn bytes_of_any_kind_are_read_or_refused(body in vec(any::<u8>(), 0..64)) {
        let _ = Request::from_json(&body, &LIMITS);
        let _ = Request::from_safetensors(&body, &LIMITS);
    }
}

#[test]
fn numbers_that_are_not_read_are_not_written() {
    let clip = Clip {
        visual: Sequence::new(2, vec![0.0, 1.0, 2.0, f32::NAN]),
        ..Clip::default()
    };
    let request = Request {
        clips: vec![Clip::said("a"), clip],
        ..Request::default()
    };
    for (written, place) in [
        (request.to_json(), "clips[1].visual"),
        (request.to_packed_json(), "clips[1].visual"),
        (request.to_safetensors(), "1.visual"),
    ] {
        let expected = format!("{place}[1][1]: expected a finite number of 32 bits, found NaN");
        assert_eq!(written.unwrap_err().to_string(), expected);
    }
    let vectors = Sequence::new(1, vec![f32::INFINITY]).unwrap();
    let text = ClipText::Vectors {
        vectors,
        words: Vec::new(),
    };
    let request = Request {
        clips: vec![Clip {
            text: Some(text),
            ..Clip::default()
        }],
        ..Request::default()
    };
    let error = request.to_safetensors().unwrap_err().to_string();
    let expected = "0.text[0][0]: expected a finite number of 32 bits, found inf";
    assert_eq!(error, expected);
}

#[test]
fn a_header_that_is_not_read_is_not_written() {
    let clip = Clip::said("a".repeat(misa_wire::HEADER_BYTES));
    let request = Request {
        clips: vec![clip],
        ..Request::default()
    };
    let error = request.to_safetensors().unwrap_err();
    assert_eq!(error.kind(), misa_wire::WireErrorKind::TooLarge);
}
