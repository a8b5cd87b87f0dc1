package winback.content.campaigns;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import winback.content.brief.Brief;
import winback.content.brief.BriefReader;
import winback.content.brief.FaultyBrief;

/** The briefs of campaigns, as kept. */
@Component
public class Briefs {

    /**
     * @param version from 1
     * @param json as it was handed in
     */
    public record Kept(int version, Brief brief, JsonNode json, Instant writtenAt) {}

    private final CampaignTables tables;
    private final Clock clock;
    private final ZoneId zone;

    Briefs(CampaignTables tables, Clock clock, @Value("${winback.zone:UTC}") ZoneId zone) {
        this.tables = tables;
        this.clock = clock;
        this.zone = zone;
    }

    /** In the brand's calendar, which decides what offers run. */
    public LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), zone);
    }

    /** The newest of a campaign; empty when it has none. */
    public Optional<Kept> of(String campaignId) {
        return tables.brief(campaignId, Integer.MAX_VALUE).map(row -> read(campaignId, row));
    }

    /** The newest up to that version, which is at least 1, of a campaign that has one. */
    public Kept of(String campaignId, int version) {
        return read(campaignId, tables.brief(campaignId, version).orElseThrow());
    }

    private static Kept read(String campaignId, CampaignTables.BriefRow row) {
        JsonNode json = JsonMapper.shared().readTree(row.brief());
        try {
            // By the day it was checked on: what has ended since is still part of it.
            return new Kept(row.version(), BriefReader.readKept(json, row.writtenOn()), json, row.writtenAt());
        } catch (FaultyBrief faulty) {
            throw new IllegalStateException("the brief of " + campaignId + " can no longer be read", faulty);
        }
    }

    /** @return the version, from 2 */
    public int put(String campaignId, JsonNode brief) {
        return tables.putBrief(campaignId, brief, clock.instant(), today());
    }
}
