// A transformer block, from its input rows to its output rows, without leaving a core's cache.
// Included inside an anonymous namespace.
//
// A task is some sequences of together about a hundred rows; all that happens to them happens on
// one thread, so no thread waits for another within a block. If there are fewer tasks than threads,
// the products are shared out instead.

template <class Kind>
struct BlockSpace {
  Aligned<float> stream, normed, qkv, attended, inner;
  typename Kind::Space units, inner_units;
  HeadSpace head;
  int64_t rows = 0, width = 0, qkv_width = 0, inner_floats = 0;

  void reserve(int64_t new_rows, int64_t stride, int64_t qkv_stride, int64_t inner_count) {
    if (new_rows > rows || stride > width || qkv_stride > qkv_width) {
      rows = std::max(rows, new_rows);
      width = std::max(width, stride);
      qkv_width = std::max(qkv_width, qkv_stride);
      stream = aligned_array<float>(rows * width);
      normed = aligned_array<float>(rows * width);
      attended = aligned_array<float>(rows * width);
      qkv = aligned_array<float>(rows * qkv_width);
    }
    if (inner_count > inner_floats) {
      inner_floats = inner_count;
      inner = aligned_array<float>(inner_floats);
    }
  }
};

template <class Kind>
struct BlockRun {
  // Weights come from a cache that all cores share. The matrix unit is so fast that it would wait for
  // them, were they not used for more rows.
  static int64_t task_rows(const Packed &w) { return w.tiles ? 192 : 96; }
  static int64_t part_rows(const Packed &w) { return w.tiles ? 224 : 112; }

  const Block &block;
  const float *x;
  float *y;
  const std::vector<Sequence> &sequences;
  bool causal;
  int sharing;  // threads that share out one product

  const int64_t width = block.width, head_width = block.width / block.heads;
  const int64_t stride = round_up(width, panel_width) + 16;
  const int64_t qkv_stride = round_up(3 * width, panel_width) + 16;
  const int64_t chunk = block.second.weight->chunk, inner_stride = chunk + 16;

  void product(const Rows &rows, int64_t count, const Packed &w, int64_t chunk, int64_t from,
               int64_t to, const Output &out) {
    if (sharing < 2) return multiply<Kind>(rows, count, w, chunk, from, to, out);
    const int64_t parts = std::min<int64_t>(to - from, 4 * sharing), panels = to - from;
    for_each(parts, sharing, [&](int64_t i, int) {
      multiply<Kind>(rows, count, w, chunk, from + panels * i / parts,
                     from + panels * (i + 1) / parts, out);
    });
  }

  void norm(const float *from, float *to, int64_t count, const Norm &norm) {
    for (int64_t row = 0; row < count; row++) {
      layer_norm(from + row * stride, to + row * stride, width, stride, norm.weight, norm.bias,
                 block.epsilon);
    }
  }

  void before_attention(BlockSpace<Kind> &space, int64_t begin, int64_t count) {
    const float *source = space.stream.get() + begin * stride;
    if (!block.norm_after) {
      norm(source, space.normed.get(), count, block.attention_norm);
      source = space.normed.get();
    }
    const Rows rows = Kind::rows(source, stride, count, width, space.units);
    product(rows, count, *block.qkv.weight, 0, 0, block.qkv.weight->panels(),
            Output{.data = space.qkv.get() + begin * qkv_stride, .stride = qkv_stride,
                   .bias = block.qkv.bias});
  }

  void after_attention(BlockSpace<Kind> &space, int64_t begin, int64_t count) {
    float *stream = space.stream.get() + begin * stride;
    const Rows attended =
        Kind::rows(space.attended.get() + begin * stride, stride, count, width, space.units);
    product(attended, count, *block.out.weight, 0, 0, block.out.weight->panels(),
            Output{.data = stream, .stride = stride, .bias = block.out.bias, .adds = true});
    // What the perceptron reads stands apart: the stream changes while it is still being read.
    float *read = space.normed.get();
    norm(stream, read, count, block.norm_after ? block.attention_norm : block.perceptron_norm);
    if (block.norm_after) std::copy_n(read, count * stride, stream);
    const Rows normed = Kind::rows(read, stride, count, width, space.units);
    // The perceptron's middle goes by in chunks that fit the cache; each adds its share.
    const Packed &first = *block.first.weight, &second = *block.second.weight;
    for (int64_t c = 0; c < second.chunks(); c++) {
      const int64_t from = c * chunk, to = std::min(block.inner, from + chunk);
      product(normed, count, first, 0, from / panel_width, round_up(to, panel_width) / panel_width,
              Output{.data = space.inner.get(), .stride = inner_stride, .bias = block.first.bias,
                     .curve = block.curve, .first_column = from});
      const Rows inner =
          Kind::rows(space.inner.get(), inner_stride, count, to - from, space.inner_units);
      product(inner, count, second, c, 0, second.panels(),
              Output{.data = stream, .stride = stride, .bias = block.second.bias, .adds = true});
    }
    if (block.norm_after) norm(stream, stream, count, block.perceptron_norm);
  }

  template <class Body>
  void in_parts(int64_t rows, Body &&body) {
    const int64_t most = part_rows(*block.first.weight), parts = (rows + most - 1) / most;
    for (int64_t p = 0; p < parts; p++) {
      const int64_t begin = rows * p / parts;
      body(begin, rows * (p + 1) / parts - begin);
    }
  }

  // The sequences [from, to), of `total` rows together.
  void task(size_t from, size_t to, int64_t total, BlockSpace<Kind> &space,
            std::vector<HeadSpace> &heads) {
    const int64_t part = std::min(total, part_rows(*block.first.weight));
    space.reserve(total, stride, qkv_stride, part * inner_stride);
    space.units.reserve(part, width);
    space.inner_units.reserve(part, chunk);
    float *stream = space.stream.get();
    int64_t row = 0;
    for (size_t s = from; s < to; s++) {
      for (int64_t i = 0; i < sequences[s].length; i++, row++) {
        std::copy_n(x + (sequences[s].start + i) * width, width, stream + row * stride);
      }
    }
    in_parts(total, [&](int64_t begin, int64_t count) { before_attention(space, begin, count); });
    row = 0;
    int64_t wanted = 0;
    for (size_t s = from; s < to; s++) {
      const Sequence &sequence = sequences[s];
      auto head = [&](int64_t h, HeadSpace &head_space) {
        head_space.reserve(sequence.length, head_width);
        attend(space.qkv.get() + row * qkv_stride + h * head_width, qkv_stride, sequence.length,
               sequence.first, sequence.first + sequence.count, width, head_width, causal,
               space.attended.get() + row * stride + h * head_width, stride, head_space);
      };
      if (sharing < 2) {
        for (int64_t h = 0; h < block.heads; h++) head(h, space.head);
      } else {
        for_each(block.heads, sharing, [&](int64_t h, int worker) { head(h, heads[worker]); });
      }
      // What is not wanted has served its purpose: the wanted rows close up.
      for (int64_t i = 0; i < sequence.count; i++, wanted++) {
        const int64_t source = row + sequence.first + i;
        if (source == wanted) continue;
        std::copy_n(stream + source * stride, width, stream + wanted * stride);
        std::copy_n(space.attended.get() + source * stride, width,
                    space.attended.get() + wanted * stride);
      }
      row += sequence.length;
    }
    in_parts(wanted, [&](int64_t begin, int64_t count) { after_attention(space, begin, count); });
    row = 0;
    for (size_t s = from; s < to; s++) {
      for (int64_t i = 0; i < sequences[s].count; i++, row++) {
        std::copy_n(stream + row * stride, width, y + (sequences[s].to + i) * width);
      }
    }
  }
};

template <class Kind>
void run_block(const Block &block, const float *x, float *y, const std::vector<Sequence> &sequences,
               bool causal, int threads) {
  struct Task {
    size_t from, to;
    int64_t rows;
  };
  std::vector<Task> tasks;
  int64_t total = 0;
  for (const auto &sequence : sequences) total += sequence.length;
  // Fewer rows a task where there would be too few tasks for the threads.
  const int64_t enough = std::clamp<int64_t>(
      total / (3 * threads), 32, BlockRun<Kind>::task_rows(*block.first.weight));
  for (size_t s = 0; s < sequences.size(); s++) {
    if (tasks.empty() || tasks.back().rows + sequences[s].length / 2 >= enough) {
      tasks.push_back({s, s, 0});
    }
    tasks.back().to = s + 1;
    tasks.back().rows += sequences[s].length;
  }
  // Kept by the calling thread, which will want the same for the next block.
  static thread_local std::vector<BlockSpace<Kind>> spaces;
  static thread_local std::vector<HeadSpace> heads;
  if (spaces.size() < static_cast<size_t>(threads)) spaces.resize(threads);
  if (heads.size() < static_cast<size_t>(threads)) heads.resize(threads);
  auto *own_spaces = &spaces;
  auto *own_heads = &heads;
  const bool shares = static_cast<int64_t>(tasks.size()) < threads;
  BlockRun<Kind> run{block, x, y, sequences, causal, shares ? threads : 1};
  for_each(tasks.size(), shares ? 1 : threads, [&](int64_t i, int worker) {
    run.task(tasks[i].from, tasks[i].to, tasks[i].rows, (*own_spaces)[worker], *own_heads);
  });
}

template <class Kind>
void run_linear(const Map &map, const float *x, int64_t count, Curve curve, float *y, int threads) {
  const Packed &w = *map.weight;
  const int64_t panels = w.panels();
  // Rows in parts, and where these are few, outputs in parts too.
  const int64_t part_rows = BlockRun<Kind>::task_rows(w);
  const int64_t row_parts = (count + part_rows - 1) / part_rows;
  const int64_t column_parts =
      std::clamp<int64_t>((2 * threads + row_parts - 1) / row_parts, 1, panels);
  std::vector<typename Kind::Space> spaces(row_parts);
  std::vector<Rows> rows(row_parts);
  auto begin = [&](int64_t part) { return count * part / row_parts; };
  for_each(row_parts, threads, [&](int64_t p, int) {
    const int64_t size = begin(p + 1) - begin(p);
    spaces[p].reserve(size, w.inputs);
    rows[p] = Kind::rows(x + begin(p) * w.inputs, w.inputs, size, w.inputs, spaces[p]);
  });
  for_each(row_parts * column_parts, threads, [&](int64_t i, int) {
    const int64_t p = i / column_parts, c = i % column_parts;
    const int64_t from = panels * c / column_parts, to = panels * (c + 1) / column_parts;
    const int64_t size = begin(p + 1) - begin(p);
    auto made = aligned_array<float>(size * (to - from) * panel_width);
    const int64_t stride = (to - from) * panel_width;
    multiply<Kind>(rows[p], size, w, 0, from, to,
                   Output{.data = made.get(), .stride = stride, .bias = map.bias, .curve = curve,
                          .first_column = from * panel_width});
    const int64_t last = std::min(w.outputs, to * panel_width);
    for (int64_t row = 0; row < size; row++) {
      std::copy_n(made.get() + row * stride, last - from * panel_width,
                  y + (begin(p) + row) * w.outputs + from * panel_width);
    }
  });
}
