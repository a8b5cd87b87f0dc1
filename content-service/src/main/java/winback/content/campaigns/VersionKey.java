package winback.content.campaigns;

/** One version of one variant; what it says never changes. */
record VersionKey(String campaignId, String variantId, int version) {}
