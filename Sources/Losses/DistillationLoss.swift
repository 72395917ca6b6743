package import Torch

/// Teacher learning: pulls the student's vectors towards the teacher's.
///
///     loss = mean((student − teacher)²), over all numbers
///
/// M-CLIP's: the teacher reads a caption in English, the student its translations, and no picture
/// is needed.
///
/// - Parameters:
///   - students: Vectors before they are scaled to length one, `[n, width]`.
///   - teachers: The teacher's for the same texts, not scaled either; no gradient goes to them,
///     `[n, width]`.
/// - Returns: The mean squared error, `[]`.
/// - Source: Carlsson et al. 2022 (M-CLIP), §3, LREC 2022; FreddeFrallan/Multilingual-CLIP at
///   93d894e, `multilingual_clip/TeacherLearning/Training.py:49`; Reimers & Gurevych 2020, eq. 1,
///   arXiv:2004.09813.
package func teacherLoss(students: Tensor, teachers: Tensor) -> Tensor {
  (students - teachers.detached()).power(2).mean()
}

/// Distillation of similarities: the student's distribution over texts for each picture, and over
/// pictures for each text, approaches the teacher's.
///
///     p = softmax(teacherScale · I′ T′ᵀ),  q = softmax(scale · I Tᵀ)
///     loss = ½ (mean over rows of Σ p log(p / q) + the same of the transposed logits)
///
/// Teacher and student may have spaces of different widths.
///
/// - Parameters:
///   - images: The student's embeddings of length one, `[n, width]`.
///   - texts: The student's embeddings of length one, `[m, width]`.
///   - scale: The student's 1/τ, `[]`.
///   - teacherImages: The teacher's for the same pictures, `[n, teacherWidth]`; no gradient goes to
///     them.
///   - teacherTexts: The teacher's for the same texts, `[m, teacherWidth]`.
///   - teacherScale: The teacher's 1/τ, `[]`; a lower one makes its probabilities softer.
/// - Returns: The mean Kullback–Leibler divergence over pictures and over texts, in nats, `[]`; 0
///   where both agree.
/// - Source: Wu et al. 2023 (TinyCLIP, affinity mimicking), arXiv:2309.12314; Hinton et al. 2015,
///   arXiv:1503.02531.
/// - Differs: the divergence and not the cross entropy, whose gradients are the same, so that an
///   agreeing student's loss is 0.
package func similarityDistillationLoss(
  images: Tensor, texts: Tensor, scale: Tensor, teacherImages: Tensor, teacherTexts: Tensor,
  teacherScale: Tensor
) -> Tensor {
  let logits = matmul(images, texts.transposed()) * scale
  let teacher = withoutGradient {
    matmul(teacherImages, teacherTexts.transposed()) * teacherScale
  }
  return
    (divergence(of: logits, from: teacher)
    + divergence(of: logits.transposed(), from: teacher.transposed())) * 0.5
}

/// The mean over rows of the divergence of the logits' probabilities from the teacher's.
private func divergence(of logits: Tensor, from teacher: Tensor) -> Tensor {
  let right = teacher.logSoftmax(axis: 1)
  return (right.exp() * (right - logits.logSoftmax(axis: 1))).sum(axis: 1).mean()
}
