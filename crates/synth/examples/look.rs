use synth::*;
fn main() {
    let n: u32 = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut s = Settings::new(1, n, jiff::civil::date(2026, 3, 31));
    s.twin_birth_share = 0.015;
    let t = std::time::Instant::now();
    let town = invent(&s);
    println!(
        "{:?} persons {} households {} residencies {} rel {}",
        t.elapsed(),
        town.persons.len(),
        town.households.len(),
        town.residencies.len(),
        town.relationships.len()
    );
    let mut kinds = std::collections::BTreeMap::new();
    let mut ages = [0u32; 11];
    let mut sizes = std::collections::BTreeMap::new();
    let mut moved = 0;
    let mut live = 0;
    for i in 0..town.persons.len() as u32 {
        let (h, k) = town.home_at_run(i);
        *kinds.entry(k).or_insert(0) += 1;
        if k != "dead" && k != "elsewhere" && k != "another identity" {
            live += 1;
            ages[(town.persons[i as usize].age(town.run_date) / 10).clamp(0, 10) as usize] += 1;
            if let Some(h) = h {
                *sizes.entry(h).or_insert(0) += 1;
            }
            if town.residencies_of(i).iter().any(|r| {
                r.main
                    && r.from > jiff::civil::date(2025, 3, 31)
                    && r.from != town.persons[i as usize].born
            }) {
                moved += 1;
            }
        }
    }
    println!(
        "{kinds:?}\nages {:?}",
        ages.map(|a| (a as f64 / live as f64 * 1000.0).round() / 10.0)
    );
    let mut hist = [0; 12];
    for v in sizes.values() {
        hist[(*v as usize).min(11)] += 1;
    }
    println!(
        "live {live} moved last year {:.3} households {} mean {:.2} {hist:?}",
        moved as f64 / live as f64,
        sizes.len(),
        sizes.values().sum::<i32>() as f64 / sizes.len() as f64
    );
    let mut rel = std::collections::BTreeMap::new();
    for r in &town.relationships {
        *rel.entry((r.is.as_str(), r.to.is_none())).or_insert(0) += 1;
    }
    println!("{rel:?}");
    let twins = town.persons.iter().filter(|p| p.twin_of.is_some()).count();
    let named = town.persons.iter().filter(|p| p.named_after.is_some()).count();
    let second = town.residencies.iter().filter(|r| !r.main && r.to.is_none()).count();
    let births: Vec<usize> =
        (2015..=2025).map(|y| town.persons.iter().filter(|p| p.born.year() == y).count()).collect();
    let renamed = town.persons.iter().filter(|p| p.surnames.len() > 1).count();
    println!(
        "twins {twins} named {named} second {second} renamed {renamed} births {births:?} adopted {}",
        town.persons.iter().filter(|p| p.formerly.is_some()).count()
    );
    let mut sn = std::collections::BTreeMap::new();
    for p in &town.persons {
        *sn.entry(p.surname(town.run_date)).or_insert(0) += 1;
    }
    let mut v: Vec<_> = sn.into_iter().collect();
    v.sort_by_key(|x| -x.1);
    println!("surnames {} {:?}", v.len(), &v[..25.min(v.len())]);
    for p in town.persons.iter().step_by(town.persons.len() / 60 + 1) {
        println!(
            "{:?} {} [{}] ({}) {:?} {} {} {:?} {}",
            p.community,
            p.forename,
            p.middle_name,
            p.known_as,
            p.surnames.iter().map(|s| s.1.as_str()).collect::<Vec<_>>(),
            p.born,
            p.nhs_number,
            p.phones.first(),
            p.email
        );
    }
}
