//! How well persons hang together, told without knowing the truth.

use record::NONE;

/// How well the records of one person hang together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shape {
    /// The person.
    pub person: u32,
    /// Its records.
    pub records: u64,
    /// Links between them.
    pub links: u64,
    /// The least weight of a link between them, in bits.
    pub weakest: Option<f64>,
    /// Links without which some of its records have no way of links to the others.
    pub bridges: u64,
}

impl Shape {
    /// The share of the pairs of its records that are links; 1 of one record.
    #[must_use]
    pub fn density(&self) -> f64 {
        crate::metrics::share(self.links, self.records * self.records.saturating_sub(1) / 2)
    }
}

/// The shapes of the persons with two records or more, ascending. `links` are pairs of records
/// and their weights, each once; those between two persons are left out.
#[must_use]
pub fn shapes(person: &[u32], links: &[(u32, u32, f64)]) -> Vec<Shape> {
    let mut members: Vec<(u32, u32)> =
        person.iter().copied().zip(0..).filter(|&(person, _)| person != NONE).collect();
    members.sort_unstable();
    let mut place = vec![0_u32; person.len()];
    let mut within: Vec<(u32, u32, u32, f64)> = links
        .iter()
        .map(|&(a, b, bits)| (person[a as usize], a, b, bits))
        .filter(|&(of, a, b, _)| of != NONE && of == person[b as usize] && a != b)
        .collect();
    within.sort_unstable_by_key(|&(of, a, b, _)| (of, a.min(b), a.max(b)));
    let mut links = within.as_slice();
    let mut found = Vec::new();
    for group in members.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
        let of = group[0].0;
        for (at, (_, record)) in (0..).zip(group) {
            place[*record as usize] = at;
        }
        let start = links.partition_point(|link| link.0 < of);
        let end = links.partition_point(|link| link.0 <= of);
        let own = &links[start..end];
        let edges: Vec<(u32, u32)> =
            own.iter().map(|link| (place[link.1 as usize], place[link.2 as usize])).collect();
        found.push(Shape {
            person: of,
            records: group.len() as u64,
            links: own.len() as u64,
            weakest: own.iter().map(|link| link.3).min_by(f64::total_cmp),
            bridges: bridges(group.len(), &edges),
        });
        links = &links[end..];
    }
    found
}

/// The edges without which a graph of so many nodes has more parts.
fn bridges(nodes: usize, edges: &[(u32, u32)]) -> u64 {
    let mut next: Vec<Vec<(u32, usize)>> = vec![Vec::new(); nodes];
    for (at, &(a, b)) in edges.iter().enumerate() {
        next[a as usize].push((b, at));
        next[b as usize].push((a, at));
    }
    // Depth first; `low` is the earliest node that can be reached without the edge come by.
    let (mut order, mut low) = (vec![0_u32; nodes], vec![0_u32; nodes]);
    let (mut seen, mut count) = (0, 0);
    for root in 0..nodes {
        if order[root] > 0 {
            continue;
        }
        seen += 1;
        (order[root], low[root]) = (seen, seen);
        // The node, the edge come by, and how many of its edges have been gone along.
        let mut path = vec![(root, usize::MAX, 0)];
        while let Some(&mut (node, by, ref mut gone)) = path.last_mut() {
            let Some(&(to, edge)) = next[node].get(*gone) else {
                path.pop();
                if let Some(&(before, ..)) = path.last() {
                    low[before] = low[before].min(low[node]);
                    count += u64::from(order[before] < low[node]);
                }
                continue;
            };
            *gone += 1;
            let to = to as usize;
            if edge == by {
                continue;
            }
            if order[to] > 0 {
                low[node] = low[node].min(order[to]);
            } else {
                seen += 1;
                (order[to], low[to]) = (seen, seen);
                path.push((to, edge, 0));
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn persons_have_their_shapes() {
        assert_eq!(shapes(&[], &[]), []);
        assert_eq!(shapes(&[0, 1, NONE], &[(0, 1, 3.0)]), []);
        // A triangle with a tail, and two records that nothing links.
        let links = [(0, 1, 5.0), (1, 2, 4.0), (0, 2, 6.0), (2, 3, -1.0), (3, 4, 9.0)];
        let found = shapes(&[7, 7, 7, 7, 8, 8], &links);
        let shape = |person, records, links, weakest, bridges| Shape {
            person,
            records,
            links,
            weakest,
            bridges,
        };
        assert_eq!(found, [shape(7, 4, 4, Some(-1.0), 1), shape(8, 2, 0, None, 0)]);
        assert!((found[0].density() - 4.0 / 6.0).abs() < 1e-12);
    }

    fn parts(nodes: usize, edges: &[(u32, u32)]) -> usize {
        let mut label: Vec<usize> = (0..nodes).collect();
        for _ in 0..nodes {
            for &(a, b) in edges {
                let least = label[a as usize].min(label[b as usize]);
                (label[a as usize], label[b as usize]) = (least, least);
            }
        }
        label.iter().enumerate().filter(|(at, label)| at == *label).count()
    }

    proptest! {
        #[test]
        fn a_bridge_is_what_parts_when_it_is_gone(picked in proptest::collection::vec(any::<bool>(), 21)) {
            let all = (0_u32..7).flat_map(|a| (a + 1..7).map(move |b| (a, b)));
            let edges: Vec<(u32, u32)> =
                all.zip(picked).filter(|(_, picked)| *picked).map(|(edge, _)| edge).collect();
            let without = |at: usize| {
                let mut left = edges.clone();
                left.remove(at);
                parts(7, &left)
            };
            let expected = (0..edges.len()).filter(|&at| without(at) > parts(7, &edges)).count();
            prop_assert_eq!(bridges(7, &edges), expected as u64);
        }
    }
}
