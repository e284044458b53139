//! Settings that are written and read back.

use super::*;

#[test]
fn settings_that_are_written_are_read_back() {
    let mut settings = RunSettings::new(Preset::Mmsa, Corpus::Mosei, true).unwrap();
    settings.data.path = Some("a \"b\".pkl".into());
    settings.training.gradient_clip = GradientClip::Norm(0.3);
    settings.training.schedule = Schedule::Plateau {
        factor: 0.1,
        patience: 3,
    };
    settings.training.bert = Some(Preset::Mmsa.bert(Corpus::Mosei, "bert".into()));
    settings.training.learning_rate = 1.0 / 3.0;
    let toml = Layers::new(&settings, "test")
        .resolve::<RunSettings>()
        .unwrap()
        .to_toml()
        .unwrap();
    let dir = tempdir().unwrap();
    let file = dir.path().join("run.toml");
    fs::write(&file, &toml).unwrap();
    let bert = Preset::Official.bert(Corpus::Mosei, "".into());
    let defaults = RunSettings::new(Preset::Official, Corpus::Mosei, false).unwrap();
    let mut layers = Layers::new(&defaults, "default").with_template("training.bert", &bert);
    layers.file(&file).unwrap();
    let read = layers.resolve::<RunSettings>().unwrap().value;
    assert_eq!(
        serde_json::to_value(&read).unwrap(),
        serde_json::to_value(&settings).unwrap()
    );
}

#[test]
fn what_is_unset_is_written_as_unset() {
    let mut defaults = RunSettings::new(Preset::Official, Corpus::Mosi, true).unwrap();
    let template = MutualAttentionConfig::new();
    defaults.training.model.mutual_attention = Some(template.clone());
    let layers =
        || Layers::new(&defaults, "d").with_template("training.mutual_attention", &template);
    let mut unset = layers();
    unset.option("training.mutual_attention=none").unwrap();
    let toml = unset.resolve::<RunSettings>().unwrap().to_toml().unwrap();
    assert!(toml.starts_with("version = 1\n"), "{toml}");
    let dir = tempdir().unwrap();
    let file = dir.path().join("run.toml");
    fs::write(&file, &toml).unwrap();
    let mut read = layers();
    read.file(&file).unwrap();
    let read = read.resolve::<RunSettings>().unwrap().value;
    assert!(read.training.model.mutual_attention.is_none());
}

#[test]
fn nothing_has_a_word() {
    let mut settings = RunSettings::new(Preset::Official, Corpus::Mosi, true).unwrap();
    settings.save_every = None;
    let mut layers = Layers::new(&settings, "default");
    layers.option("save_every=5").unwrap();
    layers.option("save_every=none").unwrap();
    assert_eq!(
        layers.resolve::<RunSettings>().unwrap().value.save_every,
        None
    );
}

#[test]
fn a_table_can_be_switched_on_whole_or_by_one_of_its_settings() {
    let defaults = RunSettings::new(Preset::Official, Corpus::Mosi, true).unwrap();
    let template = TripletLossConfig::new();
    let layers = || Layers::new(&defaults, "d").with_template("training.loss.triplet", &template);
    for (option, margin) in [
        ("training.loss.triplet=on", template.margin),
        ("training.loss.triplet.margin=0.5", 0.5),
    ] {
        let mut layers = layers();
        layers.option(option).unwrap();
        let read = layers.resolve::<RunSettings>().unwrap().value;
        let expected = template.clone().with_margin(margin);
        assert_eq!(read.training.loss.triplet, Some(expected));
    }
}
