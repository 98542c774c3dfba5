'use strict';
// Draws the charts of the page from the numbers in it. Without it the page is made of tables.
(() => {
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find('data').textContent);
  const charts = [];
  const day = {
    ink: '#000', muted: '#444', line: '#bbb', link: '#2f6db5', possible: '#c98216',
    'non-link': '#9aa3ad', third: '#2e8b57', page: '#fff',
  };
  let onPaper = false;
  const colour = (name) =>
    onPaper ? day[name] : getComputedStyle(root).getPropertyValue('--' + name).trim();
  const count = (n) => Math.round(n).toLocaleString('en-GB');
  const percent = (share) => (100 * share).toFixed(2) + ' %';
  const bits = (n) => (n > 0 ? '+' : n < 0 ? '\u2212' : '') + Math.abs(n).toFixed(1) + ' bits';
  const isPower = (n) => Math.abs(Math.log10(n) - Math.round(Math.log10(n))) < 1e-9;
  const power = (n) =>
    n >= 0.01 ? String(n) : '10\u207b' + [...String(Math.round(-Math.log10(n)))].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[digit]).join('');
  const words = (code) => code.replaceAll('_', ' ');
  const short = (text, most) => text.length > most ? text.slice(0, most - 1) + '…' : text;
  const compact = new Intl.NumberFormat('en-GB', { notation: 'compact' });
  const narrow = () => window.innerWidth < 600;

  root.classList.add('script');
  Chart.defaults.font.family = 'system-ui, sans-serif';
  Chart.defaults.maintainAspectRatio = false;
  Chart.defaults.animation = false;
  Chart.defaults.plugins.legend.labels.boxWidth = 12;

  // A chart whose configuration is made anew whenever colours or choices change.
  const draw = (id, configure) => {
    const canvas = find(id);
    if (!canvas) return { again() {} };
    let chart = null;
    const again = () => {
      Chart.defaults.color = colour('muted');
      Chart.defaults.borderColor = colour('line');
      if (chart) chart.destroy();
      const configuration = configure();
      chart = configuration && new Chart(canvas, configuration);
      canvas.parentElement.style.display = configuration ? '' : 'none';
    };
    again();
    charts.push(again);
    return { again, get chart() { return chart; } };
  };
  const choices = (id, names, changed) => {
    const select = find(id);
    if (!select) return () => 0;
    names.forEach((name, at) => select.add(new Option(name, String(at))));
    select.addEventListener('change', () => changed());
    return () => Number(select.value);
  };
  const title = (text) => ({ display: true, text });
  const shares = () => ({ min: 0, max: 1, ticks: { callback: (share) => Math.round(100 * share) + ' %' } });
  const categories = (most) => ({
    grid: { display: false },
    ticks: {
      autoSkip: false,
      callback(at) { return short(this.getLabelForValue(at), narrow() ? Math.round(most / 2) : most); },
    },
  });

  // Completeness, for one source or all.
  {
    const all = new Map();
    let records = 0;
    for (const [, n, fields] of data.sources) {
      records += n;
      for (const { field, share } of fields) all.set(field, (all.get(field) || 0) + share * n);
    }
    const whole = [...all].map(([field, n]) => ({ field, share: records ? n / records : 0 }));
    let shown = null;
    const names = ['all sources', ...data.sources.map((source) => source[0])];
    const at = choices('source', names, () => shown.again());
    shown = draw('completeness', () => {
      const fields = at() ? data.sources[at() - 1][2] : whole;
      return {
        type: 'bar',
        data: {
          labels: fields.map((one) => words(one.field)),
          datasets: [{ data: fields.map((one) => one.share), backgroundColor: colour('link') }],
        },
        options: {
          plugins: { legend: { display: false }, tooltip: { callbacks: { label: (c) => percent(c.parsed.y) } } },
          scales: { x: { ...categories(24), ticks: { ...categories(24).ticks, maxRotation: 60 } }, y: shares() },
        },
      };
    });
  }

  // Blocking: what each rule proposes, new or not.
  draw('rules', () => ({
    type: 'bar',
    data: {
      labels: data.rules.map((rule) => rule.rule),
      datasets: [
        { label: 'new pairs', data: data.rules.map((rule) => rule.new_pairs), backgroundColor: colour('link') },
        {
          label: 'proposed by an earlier rule', backgroundColor: colour('non-link'),
          data: data.rules.map((rule) => Math.max(0, rule.pairs - rule.new_pairs)),
        },
      ],
    },
    options: {
      indexAxis: 'y',
      plugins: { tooltip: { callbacks: { label: (c) => c.dataset.label + ': ' + count(c.parsed.x) } } },
      scales: {
        x: { stacked: true, title: title('pairs'), ticks: { callback: (n) => compact.format(n) } },
        y: { stacked: true, ...categories(44) },
      },
    },
  }));

  // m and u of the levels of one comparison.
  {
    let shown = null;
    const at = choices('comparison', data.comparisons.map((one) => words(one.name)), () => shown.again());
    shown = draw('levels', () => {
      const comparison = data.comparisons[at()];
      if (!comparison) return null;
      const of = (name) => comparison.levels.map((level) => level[name] || null);
      return {
        type: 'bar',
        data: {
          labels: comparison.levels.map((level) => level.label),
          datasets: [
            { label: 'm, of one person', data: of('m'), backgroundColor: colour('link') },
            { label: 'u, of two persons', data: of('u'), backgroundColor: colour('possible') },
          ],
        },
        options: {
          indexAxis: 'y',
          plugins: {
            tooltip: {
              callbacks: {
                label: (c) => c.dataset.label + ': ' + c.parsed.x.toPrecision(3),
                footer: (all) => bits(comparison.levels[all[0].dataIndex].bits ?? 0),
              },
            },
          },
          scales: {
            x: {
              type: 'logarithmic', max: 1, title: title('chance'),
              ticks: { maxRotation: 0, autoSkip: false, callback: (n) => isPower(n) ? power(n) : '' },
            },
            y: categories(28),
          },
        },
      };
    });
  }

  // Match weights: the histogram and the curves, with a threshold to move.
  {
    const slider = find('threshold');
    const curve = data.curve;
    let threshold = data.link_bits;
    let parts = [];
    const line = {
      id: 'threshold',
      afterDatasetsDraw(chart) {
        const { ctx, chartArea: area, scales: { x } } = chart;
        for (const [at, name] of [[data.possible_link_bits, ''], [threshold, bits(threshold ?? 0)]]) {
          if (at === null || at < x.min || x.max < at) continue;
          const place = x.getPixelForValue(at);
          ctx.save();
          ctx.strokeStyle = ctx.fillStyle = colour(name ? 'ink' : 'muted');
          ctx.lineWidth = name ? 2 : 1;
          ctx.setLineDash(name ? [] : [4, 4]);
          ctx.beginPath();
          ctx.moveTo(place, area.top);
          ctx.lineTo(place, area.bottom);
          ctx.stroke();
          const right = place > (area.left + area.right) / 2;
          ctx.textAlign = right ? 'right' : 'left';
          ctx.textBaseline = 'top';
          ctx.font = '600 12px system-ui, sans-serif';
          const wide = ctx.measureText(name).width;
          const left = right ? place - 6 - wide : place + 6;
          // Curves are crowded at the top, bars at the bottom.
          const top = chart.config.type === 'line' ? area.bottom - 19 : area.top + 1;
          if (name) {
            ctx.fillStyle = colour('page');
            ctx.fillRect(left - 3, top, wide + 6, 16);
            ctx.fillStyle = colour('ink');
          }
          ctx.fillText(name, right ? left + wide : left, top + 2);
          ctx.restore();
        }
      },
    };
    const choose = (at) => {
      if (!slider) return;
      slider.value = String(at);
      slider.dispatchEvent(new Event('input'));
    };
    const press = (event, _, chart) => {
      if (event.type === 'click' && slider) choose(chart.scales.x.getValueForPixel(event.x));
    };
    const bins = data.weights.bins;
    const width = data.weights.width_bits;
    const middle = (at) => data.weights.first_bits + (at + 0.5) * width;
    const first = bins.length ? middle(-0.5) : 0;
    const last = bins.length ? middle(bins.length - 0.5) : 1;
    const histogram = draw('histogram', () => {
      if (!bins.length || !(width > 0) || !Number.isFinite(first)) return null;
      const logarithmic = find('logarithmic').checked;
      const series = [
        ['links', 'links', 'link'], ['possible_links', 'possible links', 'possible'], ['non_links', 'non-links', 'non-link'],
      ];
      return {
        type: 'bar',
        data: {
          datasets: series.map(([name, label, shade]) => ({
            label, backgroundColor: colour(shade), barPercentage: 0.94, categoryPercentage: 1, stack: 'all',
            data: bins.map((bin, at) => ({ x: middle(at), y: bin[name] || null })),
          })),
        },
        plugins: [line],
        options: {
          onClick: press, grouped: false,
          plugins: {
            tooltip: {
              callbacks: {
                title: (all) => all.length ? bits(all[0].parsed.x - width / 2) + ' to ' + bits(all[0].parsed.x + width / 2) : '',
                label: (c) => c.parsed.y ? c.dataset.label + ': ' + count(c.parsed.y) : '',
              },
            },
          },
          scales: {
            x: { type: 'linear', offset: false, min: first, max: last, title: title('match weight, bits'), grid: { display: false } },
            y: {
              stacked: !logarithmic, type: logarithmic ? 'logarithmic' : 'linear', title: title('pairs'),
              min: logarithmic ? 0.8 : 0,
              ticks: {
                callback: (n) => !logarithmic || isPower(n) ? compact.format(n) : '',
              },
            },
          },
        },
      };
    });
    const curves = draw('curve', () => {
      if (!curve.length) return null;
      const truth = curve[0].score;
      const datasets = [];
      // A line, and the band around it: from its lower end, which is not drawn, to its upper end.
      const series = (label, shade, of, range, dash) => {
        const points = (of) => curve.map((p) => ({ x: p.bits, y: of(p) }));
        datasets.push({
          label, borderColor: colour(shade), backgroundColor: colour(shade), borderDash: dash || [],
          borderWidth: 2, pointRadius: 0, pointHitRadius: 6, data: points(of),
        });
        if (!range || !range(curve[0])) return;
        const end = (at, fill) => ({
          isBand: true, borderWidth: 0, pointRadius: 0, pointHitRadius: 0, data: points((p) => range(p)[at]),
          backgroundColor: colour(shade) + '33', fill,
        });
        datasets.push(end(0, false), end(1, '-1'));
      };
      const around = (name) => (p) => [p[name].low, p[name].high];
      const dash = truth ? [5, 4] : null;
      const expected = (name) => name + ' expected' + (truth ? ' (broken)' : '');
      if (truth) {
        series('precision', 'link', (p) => p.score.precision, (p) => p.score.precision_range);
        series('recall', 'possible', (p) => p.score.recall, (p) => p.score.recall_range);
        series('F1', 'third', (p) => p.score.f1);
      }
      series(expected('precision'), 'link', (p) => p.expected_precision.value, around('expected_precision'), dash);
      series(expected('recall'), 'possible', (p) => p.expected_recall.value, around('expected_recall'), dash);
      return {
        type: 'line',
        data: { datasets },
        plugins: [line],
        options: {
          onClick: press,
          interaction: { mode: 'index', intersect: false },
          plugins: {
            legend: {
              labels: {
                usePointStyle: true, pointStyle: 'line', boxWidth: 24,
                filter: (item, all) => !all.datasets[item.datasetIndex].isBand,
              },
              // A line and its band come and go together.
              onClick: (_, item, legend) => {
                const all = legend.chart;
                const show = !all.isDatasetVisible(item.datasetIndex);
                all.setDatasetVisibility(item.datasetIndex, show);
                for (let at = item.datasetIndex + 1; datasets[at] && datasets[at].isBand; at += 1) all.setDatasetVisibility(at, show);
                all.update();
              },
            },
            tooltip: {
              filter: (item) => !item.dataset.isBand,
              callbacks: { title: (all) => all.length ? bits(all[0].parsed.x) : '', label: (c) => c.dataset.label + ': ' + percent(c.parsed.y) },
            },
          },
          scales: {
            x: {
              type: 'linear', min: curve[0].bits, max: Math.max(curve[curve.length - 1].bits, curve[0].bits + 1),
              title: title('threshold, bits'), grid: { display: false },
            },
            y: shares(),
          },
        },
      };
    });
    if (slider && curve.length) {
      const ranged = (share, range) =>
        [percent(share), range ? range.map((end) => (100 * end).toFixed(2)).join('–') + ' %' : ''];
      const estimate = (one) => ranged(one.value, [one.low, one.high]);
      parts = [
        ['pairs', (p) => [count(p.pairs), '']],
        ['expected-precision', (p) => estimate(p.expected_precision)],
        ['expected-recall', (p) => estimate(p.expected_recall)],
        ['precision', (p) => p.score && ranged(p.score.precision, p.score.precision_range)],
        ['recall', (p) => p.score && ranged(p.score.recall, p.score.recall_range)],
        ['f1', (p) => p.score && ranged(p.score.f1)],
      ].map(([name, text]) => [text, find('at-' + name)]);
      slider.min = String(curve[0].bits);
      slider.max = String(curve[curve.length - 1].bits);
      const update = () => {
        threshold = Number(slider.value);
        find('threshold-bits').value = bits(threshold);
        slider.setAttribute('aria-valuetext', bits(threshold));
        const near = curve.reduce((a, b) => Math.abs(b.bits - threshold) < Math.abs(a.bits - threshold) ? b : a);
        for (const [text, place] of parts) {
          if (!place) continue;
          const [share, range] = text(near) || ['–', ''];
          const small = document.createElement('small');
          small.textContent = range;
          place.replaceChildren(share, small);
        }
        for (const one of [histogram, curves]) if (one.chart) one.chart.draw();
      };
      slider.addEventListener('input', update);
      choose(data.link_bits ?? curve[0].bits);
    }
    const scale = find('logarithmic');
    if (scale) scale.addEventListener('change', () => histogram.again());
  }

  // The parts of a sampled pair's weight.
  {
    let shown = null;
    const names = data.sampled.map((pair) =>
      `${bits(pair.bits)}: ${pair.source} ${pair.key} – ${pair.other_source} ${pair.other_key}`);
    const at = choices('pair', names, () => shown.again());
    const first = data.sampled.findIndex((pair) => pair.bits >= data.link_bits);
    if (first > 0) find('pair').value = String(first);
    shown = draw('waterfall', () => {
      const pair = data.sampled[at()];
      if (!pair) return null;
      let sum = 0;
      const rows = pair.addends.map((part) => {
        const from = sum;
        sum += part.bits;
        return { ...part, from, to: sum };
      });
      rows.push({ name: 'match weight', level: '', bits: pair.bits, from: 0, to: pair.bits, whole: true });
      const shade = (row) => colour(row.whole ? 'third' : row.bits < 0 ? 'possible' : 'link');
      return {
        type: 'bar',
        data: {
          labels: rows.map((row) => words(row.name)),
          datasets: [{
            data: rows.map((row) => [row.from, row.to]), backgroundColor: rows.map(shade), minBarLength: 2,
          }],
        },
        options: {
          indexAxis: 'y',
          plugins: {
            legend: { display: false },
            tooltip: {
              callbacks: {
                label: (c) => {
                  const row = rows[c.dataIndex];
                  const lines = [bits(row.bits) + (row.level ? ', ' + row.level : '')];
                  return row.values ? [...lines, ...row.values] : lines;
                },
              },
            },
          },
          scales: { x: { title: title('bits') }, y: categories(26) },
        },
      };
    });
  }

  // Groups.
  {
    const measures = [
      ['recall', (g) => g.score.recall, (g) => g.score.recall_range],
      ['precision', (g) => g.score.precision, (g) => g.score.precision_range],
      ['F1', (g) => g.score.f1, () => null],
      ['persons exactly right', (g) => g.exact.value, (g) => [g.exact.low, g.exact.high]],
    ];
    if (data.subgroups.some((by) => by.groups.some((g) => g.proposed))) {
      measures.push(['true pairs proposed', (g) => g.proposed && g.proposed.value, (g) => g.proposed && [g.proposed.low, g.proposed.high]]);
    }
    // The interval of each bar, as a line over its end.
    const whiskers = {
      id: 'whiskers',
      afterDatasetsDraw(chart) {
        const { ctx, scales: { x }, ranges } = { ctx: chart.ctx, scales: chart.scales, ranges: chart.config.data.datasets[0].ranges };
        ctx.save();
        ctx.strokeStyle = colour('ink');
        ctx.lineWidth = 1.5;
        chart.getDatasetMeta(0).data.forEach((bar, at) => {
          if (!ranges[at]) return;
          const [low, high] = ranges[at].map((end) => x.getPixelForValue(end));
          ctx.beginPath();
          ctx.moveTo(low, bar.y);
          ctx.lineTo(high, bar.y);
          for (const end of [low, high]) { ctx.moveTo(end, bar.y - 4); ctx.lineTo(end, bar.y + 4); }
          ctx.stroke();
        });
        ctx.restore();
      },
    };
    let shown = null;
    const by = choices('grouping', data.subgroups.map((one) => one.by), () => shown.again());
    const measure = choices('measure', measures.map((one) => one[0]), () => shown.again());
    shown = draw('subgroups', () => {
      const grouping = data.subgroups[by()];
      if (!grouping) return null;
      const [name, of, range] = measures[measure()];
      const ranges = grouping.groups.map(range);
      return {
        type: 'bar',
        data: {
          labels: grouping.groups.map((group) => group.name),
          datasets: [{ label: name, data: grouping.groups.map(of), ranges, backgroundColor: colour('link') }],
        },
        plugins: [whiskers],
        options: {
          indexAxis: 'y',
          plugins: {
            legend: { display: false },
            tooltip: {
              callbacks: {
                label: (c) => {
                  const ends = ranges[c.dataIndex];
                  return name + ': ' + percent(c.parsed.x) + (ends ? ' (' + ends.map(percent).join(' to ') + ')' : '');
                },
                footer: (all) => count(grouping.groups[all[0].dataIndex].records) + ' records',
              },
            },
          },
          scales: { x: { ...shares(), title: title(name) }, y: categories(24) },
        },
      };
    });
  }

  // How many there are of each size; the largest share a bar.
  const sizes = (id, all, of) => draw(id, () => {
    const largest = all.reduce((most, one) => Math.max(most, one.size), 0);
    if (!largest) return null;
    const most = 15;
    const bars = Array.from({ length: Math.min(largest, most) }, () => 0);
    for (const { size, count: n } of all) if (size > 0) bars[Math.min(size, most) - 1] += n;
    return {
      type: 'bar',
      data: {
        labels: bars.map((_, at) => at + 1 + (at + 1 === most && largest > most ? '+' : '')),
        datasets: [{ data: bars, backgroundColor: colour('link') }],
      },
      options: {
        plugins: { legend: { display: false }, tooltip: { callbacks: { label: (c) => count(c.parsed.y) } } },
        scales: {
          x: { title: title(of), grid: { display: false } },
          y: { beginAtZero: true, ticks: { precision: 0, callback: (n) => compact.format(n) } },
        },
      },
    };
  });
  sizes('person-sizes', data.person_sizes, 'records');
  sizes('household-sizes', data.household_sizes, 'persons');

  const again = () => charts.forEach((one) => one());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  addEventListener('beforeprint', () => { onPaper = true; again(); });
  addEventListener('afterprint', () => { onPaper = false; again(); });
})();
