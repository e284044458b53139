//! Lines that are written are read again.

use misa_studies::{
    AttrKind, Cursor, Direction, Distribution, DistributionKind, Entry, Journal, Json, NewTrial,
    Operation, Param, StudyId, Timestamp, TrialId, TrialState,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use std::time::{Duration, UNIX_EPOCH};

/// Without NaN, which does not equal itself.
fn number() -> impl Strategy<Value = f64> {
    any::<f64>().prop_filter("a number", |number| !number.is_nan())
}

fn time() -> impl Strategy<Value = Timestamp> {
    (0..100_000_000_000_000_000_u64)
        .prop_map(|micros| (UNIX_EPOCH + Duration::from_micros(micros)).into())
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(Json::Integer),
        number().prop_map(Json::Float),
        any::<String>().prop_map(Json::Text),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Json::List),
            vec((any::<String>(), inner), 0..3).prop_map(Json::Object),
        ]
    })
}

fn param() -> impl Strategy<Value = Param> {
    let float = (-1e9..0.0, 0.0..1e9, 0.0..1.0).prop_map(|(low, high, part): (f64, f64, f64)| {
        let value = low + (high - low) * part;
        let kind = DistributionKind::Float {
            low,
            high,
            log: false,
            step: None,
        };
        (kind, value.clamp(low, high).into())
    });
    let int = (1..9_i64, 0..9_i64, 1..9_i64).prop_map(|(low, steps, step)| {
        let kind = DistributionKind::Int {
            low,
            high: low + 9 * step,
            log: false,
            step,
        };
        (kind, (low + steps * step).into())
    });
    let choice = (vec(any::<String>(), 1..4), any::<prop::sample::Index>());
    let choice = choice.prop_map(|(choices, index)| {
        let value = index.get(&choices).as_str().into();
        let choices = choices
            .iter()
            .map(|choice| choice.as_str().into())
            .collect();
        (DistributionKind::Categorical { choices }, value)
    });
    prop_oneof![float, int, choice].prop_map(|(kind, value): (DistributionKind, Json)| {
        Param::new(Distribution::new(kind).unwrap(), &value).unwrap()
    })
}

fn attr_kind() -> impl Strategy<Value = AttrKind> {
    prop_oneof![Just(AttrKind::User), Just(AttrKind::System)]
}

fn new_trial() -> impl Strategy<Value = NewTrial> {
    let times = (
        option::of(time()),
        option::of(time()),
        option::of(vec(number(), 1..3)),
    );
    let attrs = || btree_map(any::<String>(), json(), 0..3);
    let params = btree_map(any::<String>(), param(), 0..3);
    let steps = btree_map(any::<i64>(), number(), 0..3);
    (0..9_u64, state(), times, params, attrs(), attrs(), steps).prop_map(
        |(study, state, (started, completed, values), params, user_attrs, system_attrs, steps)| {
            NewTrial {
                study: StudyId(study),
                state,
                started,
                completed,
                values,
                params,
                user_attrs,
                system_attrs,
                intermediate_values: steps,
            }
        },
    )
}

fn state() -> impl Strategy<Value = TrialState> {
    prop_oneof![
        Just(TrialState::Running),
        Just(TrialState::Complete),
        Just(TrialState::Pruned),
        Just(TrialState::Failed),
        Just(TrialState::Waiting),
    ]
}

fn trial() -> impl Strategy<Value = TrialId> {
    (0..9_u64).prop_map(TrialId)
}

fn operation() -> impl Strategy<Value = Operation> {
    let direction = prop_oneof![Just(Direction::Minimise), Just(Direction::Maximise)];
    let attr = || (attr_kind(), any::<String>(), json());
    prop_oneof![
        (any::<String>(), vec(direction, 1..3))
            .prop_map(|(name, directions)| Operation::CreateStudy { name, directions }),
        (0..9_u64).prop_map(|study| Operation::DeleteStudy {
            study: StudyId(study)
        }),
        (0..9_u64, attr()).prop_map(|(study, (kind, key, value))| Operation::SetStudyAttr {
            study: StudyId(study),
            kind,
            key,
            value,
        }),
        new_trial().prop_map(|trial| Operation::CreateTrial(Box::new(trial))),
        (trial(), any::<String>(), param()).prop_map(|(trial, name, param)| Operation::SetParam {
            trial,
            name,
            param
        }),
        (trial(), state(), option::of(vec(number(), 0..3)), time()).prop_map(
            |(trial, state, values, time)| Operation::SetState {
                trial,
                state,
                values,
                time: (state != TrialState::Waiting).then_some(time),
            }
        ),
        (trial(), any::<i64>(), number()).prop_map(|(trial, step, value)| Operation::Report {
            trial,
            step,
            value
        }),
        (trial(), attr()).prop_map(|(trial, (kind, key, value))| Operation::SetTrialAttr {
            trial,
            kind,
            key,
            value,
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_written_is_read(operations in vec(operation(), 1..5)) {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(folder.path().join("study.log")).unwrap();
        journal.append(operations.clone()).unwrap();
        let mut read = Vec::new();
        let mut cursor = Cursor::default();
        cursor.read(journal.path(), |entry| read.push(entry)).unwrap();
        let entry = |operation| Entry {
            worker_id: journal.worker_id().to_string(),
            operation,
        };
        let written: Vec<Entry> = operations.into_iter().map(entry).collect();
        prop_assert_eq!(&read, &written);
        let end = std::fs::metadata(journal.path()).unwrap().len();
        prop_assert_eq!(cursor.offset(), end);
        cursor.read(journal.path(), |entry| read.push(entry)).unwrap();
        prop_assert_eq!(read.len(), written.len());
    }
}
