package import Layers

// Where a vision transformer's parameters lie in published checkpoints, relative to its own module.

extension KeyMap {
  /// Hugging Face's `CLIPVisionModel`, under `vision_model.`.
  package static let huggingFaceCLIPVision: KeyMap =
    huggingFaceVisionBlocks + [
      "patches.%": "embeddings.patch_embedding.%",
      "class": "embeddings.class_embedding",
      "positions": "embeddings.position_embedding.weight",
      // Misspelt in the original too.
      "pre_norm.%": "pre_layrnorm.%",
      "norm.%": "post_layernorm.%",
    ]

  /// Hugging Face's `SiglipVisionModel`, under `vision_model.`.
  package static let huggingFaceSigLIPVision: KeyMap =
    huggingFaceVisionBlocks + [
      "patches.%": "embeddings.patch_embedding.%",
      "positions": "embeddings.position_embedding.weight",
      "norm.%": "post_layernorm.%",
      "pooling.probe": "head.probe",
      "pooling.attention.qkv.%": "head.attention.in_proj_%",
      "pooling.attention.out.%": "head.attention.out_proj.%",
      "pooling.perceptron_norm.%": "head.layernorm.%",
      "pooling.inner.%": "head.mlp.fc1.%",
      "pooling.outer.%": "head.mlp.fc2.%",
    ]

  private static let huggingFaceVisionBlocks: KeyMap = [
    "blocks.*.attention_norm.%": "encoder.layers.*.layer_norm1.%",
    "blocks.*.attention.qkv.%": "encoder.layers.*.self_attn.{q,k,v}_proj.%",
    "blocks.*.attention.out.%": "encoder.layers.*.self_attn.out_proj.%",
    "blocks.*.perceptron_norm.%": "encoder.layers.*.layer_norm2.%",
    "blocks.*.inner.%": "encoder.layers.*.mlp.fc1.%",
    "blocks.*.outer.%": "encoder.layers.*.mlp.fc2.%",
  ]

  /// OpenAI's CLIP, KELIP and open_clip's own vision transformer, under `visual.`.
  ///
  /// Its projection, `proj`, is not the tower's: `.transposed("visual.proj")`.
  package static let openCLIPVision: KeyMap = [
    "patches.%": "conv1.%",
    "class": "class_embedding",
    "positions": "positional_embedding",
    "pre_norm.%": "ln_pre.%",
    "blocks.*.attention_norm.%": "transformer.resblocks.*.ln_1.%",
    "blocks.*.attention.qkv.%": "transformer.resblocks.*.attn.in_proj_%",
    "blocks.*.attention.out.%": "transformer.resblocks.*.attn.out_proj.%",
    "blocks.*.perceptron_norm.%": "transformer.resblocks.*.ln_2.%",
    "blocks.*.inner.%": "transformer.resblocks.*.mlp.c_fc.%",
    "blocks.*.outer.%": "transformer.resblocks.*.mlp.c_proj.%",
    "norm.%": "ln_post.%",
  ]

  /// Hugging Face's `ViTModel`.
  package static let huggingFaceViT: KeyMap = [
    "patches.%": "embeddings.patch_embeddings.projection.%",
    "class": "embeddings.cls_token",
    "positions": "embeddings.position_embeddings",
    "blocks.*.attention_norm.%": "encoder.layer.*.layernorm_before.%",
    "blocks.*.attention.qkv.%": "encoder.layer.*.attention.attention.{query,key,value}.%",
    "blocks.*.attention.out.%": "encoder.layer.*.attention.output.dense.%",
    "blocks.*.perceptron_norm.%": "encoder.layer.*.layernorm_after.%",
    "blocks.*.inner.%": "encoder.layer.*.intermediate.dense.%",
    "blocks.*.outer.%": "encoder.layer.*.output.dense.%",
    "norm.%": "layernorm.%",
    "pooler.%": "pooler.dense.%",
  ]

  /// Hugging Face's `Dinov2Model`. The scales of its layers are multiplied into the maps before them,
  /// which gives the same vectors.
  package static let huggingFaceDINOv2: KeyMap = [
    "patches.%": "embeddings.patch_embeddings.projection.%",
    "class": "embeddings.cls_token",
    "positions": "embeddings.position_embeddings",
    "blocks.*.attention_norm.%": "encoder.layer.*.norm1.%",
    "blocks.*.attention.qkv.%": "encoder.layer.*.attention.attention.{query,key,value}.%",
    "blocks.*.attention.out.%": .scaled(
      "encoder.layer.*.attention.output.dense.%", by: "encoder.layer.*.layer_scale1.lambda1"),
    "blocks.*.perceptron_norm.%": "encoder.layer.*.norm2.%",
    "blocks.*.inner.%": "encoder.layer.*.mlp.fc1.%",
    "blocks.*.outer.%": .scaled(
      "encoder.layer.*.mlp.fc2.%", by: "encoder.layer.*.layer_scale2.lambda1"),
    "norm.%": "layernorm.%",
  ]

  /// What timm's vision transformers with scales of their layers, such as DINOv2's, have elsewhere than
  /// ``timmViT``.
  package static let timmLayerScales: KeyMap = [
    "blocks.*.attention.out.%": .scaled("blocks.*.attn.proj.%", by: "blocks.*.ls1.gamma"),
    "blocks.*.outer.%": .scaled("blocks.*.mlp.fc2.%", by: "blocks.*.ls2.gamma"),
  ]

  /// timm's vision transformers, SigLIP's among them; in open_clip under `visual.trunk.`.
  package static let timmViT: KeyMap = [
    "patches.%": "patch_embed.proj.%",
    "class": "cls_token",
    "positions": "pos_embed",
    "blocks.*.attention_norm.%": "blocks.*.norm1.%",
    "blocks.*.attention.qkv.%": "blocks.*.attn.qkv.%",
    "blocks.*.attention.out.%": "blocks.*.attn.proj.%",
    "blocks.*.perceptron_norm.%": "blocks.*.norm2.%",
    "blocks.*.inner.%": "blocks.*.mlp.fc1.%",
    "blocks.*.outer.%": "blocks.*.mlp.fc2.%",
    "pre_norm.%": "norm_pre.%",
    "norm.%": "norm.%",
    "pooling.probe": "attn_pool.latent",
    "pooling.attention.qkv.%": "attn_pool.{q,kv}.%",
    "pooling.attention.out.%": "attn_pool.proj.%",
    "pooling.perceptron_norm.%": "attn_pool.norm.%",
    "pooling.inner.%": "attn_pool.mlp.fc1.%",
    "pooling.outer.%": "attn_pool.mlp.fc2.%",
  ]
}
