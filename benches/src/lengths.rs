//! The rule for the lengths of the utterances of a batch.

use misa_data::Random;

/// Entries of a table of lengths: quantiles, one for each value of the upper six bits.
pub const TABLE: usize = 64;

/// The lengths of batch number `index` of the workload `name`, longest first.
///
/// Each is an entry of `table`, chosen by splitmix64 from the seed `fnv1a64(name) ^ index`. The rule
/// uses only integers, so that it has the same result in every language.
///
/// # Panics
///
/// Panics if `table` does not have [`TABLE`] entries.
pub fn draw(name: &str, index: u64, batch: usize, table: &[usize]) -> Vec<usize> {
    assert_eq!(table.len(), TABLE, "entries of a table of lengths");
    let mut random = Random::new(fnv1a64(name) ^ index);
    let mut lengths: Vec<usize> = (0..batch)
        .map(|_| table[(random.bits() >> 58) as usize])
        .collect();
    lengths.sort_unstable_by_key(|&length| std::cmp::Reverse(length));
    lengths
}

/// The 64-bit FNV-1a hash of a text in UTF-8.
pub fn fnv1a64(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cases;

    // Every number below comes with the rule and was computed independently of this code.

    #[test]
    fn hashes_are_those_of_fnv1a64() {
        assert_eq!(fnv1a64(""), 14_695_981_039_346_656_037);
        assert_eq!(fnv1a64("a"), 12_638_187_200_555_641_996);
        assert_eq!(fnv1a64("mosei_glove_b16"), 15_900_837_554_092_746_892);
    }

    #[test]
    fn draws_are_those_of_splitmix64() {
        let first = |seed| {
            let mut random = Random::new(seed);
            [random.bits(), random.bits(), random.bits()]
        };
        assert_eq!(
            first(0),
            [
                16_294_208_416_658_607_535,
                7_960_286_522_194_355_700,
                487_617_019_471_545_679
            ]
        );
        assert_eq!(
            first(42),
            [
                13_679_457_532_755_275_413,
                2_949_826_092_126_892_291,
                5_139_283_748_462_763_858
            ]
        );
        assert_eq!(
            first(fnv1a64("mosei_glove_b16")),
            [
                15_341_732_338_777_526_530,
                15_976_877_954_350_962_564,
                7_099_897_266_841_417_289
            ]
        );
    }

    #[test]
    fn upper_bits_choose_the_entry() {
        let places: Vec<usize> = (0..TABLE).collect();
        let mut drawn = draw("mosei_glove_b16", 0, 4, &places);
        drawn.sort_unstable();
        assert_eq!(drawn, [5, 24, 53, 55]);
    }

    #[test]
    fn lengths_fall() {
        let cases = Cases::bundled().unwrap();
        assert_eq!(
            draw("mosei_glove_b16", 0, 16, cases.table("mean22").unwrap()),
            [35, 35, 34, 32, 29, 21, 21, 16, 16, 11, 11, 9, 7, 6, 6, 6]
        );
    }

    #[test]
    fn the_bundled_cases_follow_the_rule() {
        let cases = Cases::bundled().unwrap();
        for case in cases.all() {
            let table = cases.table(&case.length_table).unwrap();
            for (index, lengths) in case.lengths.iter().enumerate() {
                let expected = draw(&case.name, index as u64, case.batch, table);
                assert_eq!(lengths, &expected, "{}, batch {index}", case.name);
            }
        }
    }

    #[test]
    #[should_panic(expected = "entries of a table of lengths")]
    fn a_short_table_is_refused() {
        draw("a", 0, 1, &[1, 2, 3]);
    }
}
