//! Frames with several faces, or with one that is not sure.

use super::{only, text};
use crate::tracks::{counts, options};
use misa_recordings::tracks::{TrackNoteKind, TrackOptions};

#[test]
fn each_frame_has_the_face_with_the_highest_mean() {
    let table = "frame, face_id, timestamp, confidence, success, a\n\
                 1, 0, 0.00, 0.90, 1, 10\n1, 1, 0.00, 0.95, 1, 11\n\
                 2, 0, 0.04, 0.90, 1, 20\n2, 1, 0.04, 0.81, 1, 21\n\
                 3, 1, 0.08, 0.82, 1, 31\n";
    let file = text(table, &TrackOptions::default());
    assert_eq!(file.tracks[0].other_faces, 1);
    assert_eq!(
        counts(&file),
        [
            (TrackNoteKind::OtherFace, 2),
            (TrackNoteKind::ChangedFace, 1)
        ]
    );
    assert_eq!(only(file).values, [10.0, 20.0, 31.0]);
    let file = text(
        table,
        &options(|options| options.face = Some("1".to_string())),
    );
    assert_eq!(counts(&file), [(TrackNoteKind::OtherFace, 2)]);
    assert_eq!(only(file).values, [11.0, 21.0, 31.0]);
}

#[test]
fn faces_of_pyfeat_have_names_or_scores() {
    let options = options(|options| options.fps = Some(10.0));
    let table = "FaceScore,AU12,frame\n0.9,1,0\n0.95,2,0\n,,1\n0.99,3,2\n0.85,4,2\n";
    let file = text(table, &options);
    assert_eq!(file.tracks[0].other_faces, 1);
    assert_eq!(
        counts(&file),
        [(TrackNoteKind::OtherFace, 2), (TrackNoteKind::NoNumber, 1)]
    );
    let track = only(file);
    assert_eq!(
        (track.values[0], track.values[2], track.valid),
        (2.0, 3.0, vec![true, false, true])
    );

    let table = "FaceScore,AU12,frame,Identity\n0.9,1,0,anna\n0.95,2,0,ben\n,,1,\n0.99,3,2,anna\n0.85,4,2,ben\n";
    let file = text(table, &options);
    assert_eq!(file.tracks[0].other_faces, 1);
    let values = only(file).values;
    assert_eq!((values[0], values[2]), (1.0, 3.0));
}

#[test]
fn a_confidence_is_asked_for() {
    let table =
        "frame,timestamp,confidence,success,a\n1,0,0.5,1,1\n2,1,0.9,0,1\n3,2,0.9,1,1\n4,3,,1,1\n";
    let valid = |confidence| {
        only(text(
            table,
            &options(|options| options.confidence = confidence),
        ))
        .valid
    };
    assert_eq!(valid(0.8), [false, false, true, false]);
    assert_eq!(valid(0.5), [true, false, true, false]);
}
