"""The words of the report in English."""

TEXTS: dict[str, str] = {
    # numbers and signs
    "number.between": "{low} to {high}",
    "number.months": "{value} months",
    "number.month": "{value} month",
    "number.points": "{value} points",
    "number.at_least": "at least {value}",
    "number.at_least_months": "at least {value} months",
    "number.interval": "{level}% interval",
    "number.ahead": "{value} ahead",
    "number.from_ahead_to_behind": "{low} ahead to {high} behind",
    "number.below": "ahead to {value}",
    "number.above": "{value} or more",
    "number.unknown": "–",
    "number.no_spread": "{value} in nearly every draw",
    "date.day": "{day} {month} {year}",
    "date.month": "{month} {year}",
    "date.months": "January February March April May June July August September October "
    "November December",
    # headline
    "headline.behind": "{best} are {months} months behind {those}",
    "headline.ahead": "{best} are {months} months ahead of {those}",
    "headline.level": "{best} are level with {those}",
    "headline.at_least": "{best} are at least {months} months behind {those}",
    "headline.ahead_at_least": "{best} are at least {months} months ahead of {those}",
    "headline.undefined": "How far {best_inside} are behind {those} cannot be said: {reason}",
    "headline.no_spread": "(the same in nearly every draw)",
    "headline.outside": ", beside the estimate",
    "headline.interval": "({level}% interval {low} to {high}{beside})",
    "headline.interval_mixed": "({level}% interval {low} ahead to {high} behind{beside})",
    "headline.interval_mixed_ahead": "({level}% interval {low} behind to {high} ahead{beside})",
    "headline.of.time-to-match": "Median over all records",
    "headline.of.thresholds": "Around the last day",
    "headline.of.trend": "On the last day",
    "headline.of.named": "At the release of the model",
    "headline.of.gap": "On the last day",
    "headline.basis": "{period}, {convention}{tie}, {date}.",
    "headline.tie": " with a {tie}-point tie",
    "headline.tie_of": " with a tie of {tie}",
    "headline.others": "Other conventions say {low} to {high} months.",
    "headline.others_mixed": "Other conventions say anything from {low} months ahead to {high} "
    "months behind.",
    "headline.gap": "On the scale itself, the gap on the last day is {gap}.",
    # groups
    "group.open": "Open weights",
    "group.closed": "Closed weights",
    "group.all": "All models",
    "group.in_open": "open-weight models",
    "group.in_closed": "closed models",
    "group.in_country": "{possessive}",
    "group.in_generic": "{name}",
    "group.open_inside": "open weights",
    "group.closed_inside": "closed weights",
    "group.best_open": "The best open-weight models",
    "group.best_closed": "The best closed models",
    "group.those_open": "the best open-weight ones",
    "group.those_closed": "the best closed ones",
    "group.best_country": "{possessive} best models",
    "group.those_country": "{possessive}",
    "group.best_generic": "The best models of “{name}”",
    "group.those_generic": "the best of “{name}”",
    "group.not": "not {name}",
    "group.or": " or ",
    "group.and": ", ",
    "group.family": "family {name}",
    "group.licence_class": "licence {name}",
    "group.access": "access {name}",
    "group.model": "model {name}",
    "group.other": "other countries",
    # conventions
    "convention.daily": "Day by day",
    "convention.daily-significant": "Day by day, beyond noise",
    "convention.levels": "Level by level",
    "convention.records": "The follower’s records",
    "convention.time-to-match": "Time until matched",
    "convention.thresholds": "Benchmark thresholds",
    "convention.trend": "Straight lines",
    "convention.named": "One named model",
    "convention.gap": "Vertical gap",
    "inside.daily": "day-by-day convention",
    "inside.daily-significant": "day-by-day convention beyond noise",
    "inside.levels": "level-by-level convention",
    "inside.records": "convention of the follower’s records",
    "inside.time-to-match": "time-until-matched convention",
    "inside.thresholds": "benchmark-threshold convention",
    "inside.trend": "straight-line convention",
    "inside.named": "named-model convention",
    "inside.gap": "vertical gap",
    "counts.daily": "For each day, how long ago the leader first had something better than the "
    "follower’s best of that day.",
    "counts.daily-significant": "As day by day, but a leader’s record counts as better only "
    "where the difference stands out from the noise of the scale.",
    "counts.levels": "The time between the two frontiers at each capability level that both have "
    "reached, averaged over levels.",
    "counts.records": "For each model with which the follower set a record, the age of the first "
    "leader’s model at its level.",
    "counts.time-to-match": "For each record of the leader, how long it took the follower to "
    "reach "
    "it; what is still unmatched counts as “not yet”.",
    "counts.thresholds": "On single benchmarks, the time between leader and follower crossing the "
    "same score; no common scale is needed.",
    "counts.trend": "A straight line through each frontier as it stands on every day, and the "
    "distance between the lines.",
    "counts.named": "The age of the leader’s record that is nearest in capability to one model "
    "of the follower.",
    "counts.gap": "How many points the leader’s best is above the follower’s.",
    "assumes.daily": "Every day weighs the same, so long waits weigh much; the tie decides small "
    "differences.",
    "assumes.daily-significant": "The noise of the scale is known; an imprecisely measured "
    "follower looks closer than it may be.",
    "assumes.levels": "Every point of the scale weighs the same; levels not yet reached do not "
    "count and are listed as open.",
    "assumes.records": "Only what the follower did counts; what the leader has that nobody "
    "matched "
    "does not.",
    "assumes.time-to-match": "What is unmatched will behave like what was matched before.",
    "assumes.thresholds": "The benchmarks chosen stand for capability, and each crossing is seen "
    "in time.",
    "assumes.trend": "Progress is a straight line; the start date moves the answer.",
    "assumes.named": "One model stands for the whole frontier.",
    "assumes.gap": "A point means the same at every height of the scale.",
    # periods
    "period.all": "all days",
    "period.last-12-months": "last 12 months",
    "period.short": "{period} ({days} of {of} days)",
    "period.now": "last day",
    "period.since": "since {date}",
    "mean.all": "Mean over all days",
    "mean.last-12-months": "Mean over the last 12 months",
    "mean.short": "Mean over {days} days",
    "mean.now": "On the last day",
    "mean.year": "Mean over {year}",
    "mean.since": "Since {date}",
    # quantities
    "quantity.lag_mean": "mean",
    "quantity.lag_min": "smallest",
    "quantity.lag_max": "largest",
    "quantity.lag_now": "on the last day",
    "quantity.lag_median": "median",
    "quantity.lag_latest": "latest record",
    "quantity.lag_restricted_mean": "mean waiting time up to the horizon",
    "quantity.lag_nearest": "nearest record",
    "quantity.lag_between_lines": "between the lines",
    "quantity.gap_over_slope": "gap divided by the leader’s slope",
    "quantity.leader_slope": "slope of the leader",
    "quantity.follower_slope": "slope of the follower",
    "quantity.lag_smoothed": "smoothed, on the last day",
    "quantity.gap_mean": "mean gap",
    "quantity.gap_now": "gap on the last day",
    "quantity.lag": "lag",
    "quantity.frontier": "frontier",
    "quantity.rating": "rating",
    "quantity.effect": "effect",
    "quantity.log_tie_propensity": "propensity to a tie (logarithm)",
    "quantity.capability": "capability",
    # status
    "status.ok": "measured",
    "status.at_least": "at least this much",
    "status.censored": "open: at least this much",
    "status.not_reached": "not reached yet",
    "status.not_defined": "not defined",
    "status.not_enough_data": "not enough data",
    "status.point_only": "without an interval",
    "status.partly_defined": "defined in part of the draws only",
    "status.past_follow_up": "to a horizon beyond what was followed",
    "status.no_spread": "nearly the same in every draw",
    "status.outside_interval": "beside its interval",
    "status.short_period": "of part of the period only",
    "status.not_paired": "not paired",
    "status.leads": "the follower leads",
    "status.level": "level",
    "status.failed": "could not be computed",
    "status.anchor": "fixed by definition",
    "status.few_models": "few models",
    "status.few_scores": "few scores",
    "status.not_distinguishable": "not told apart",
    "status.few_votes": "few votes",
    "status.misfit": "does not fit the model",
    "status.at_floor": "all scores at the bottom",
    "status.at_ceiling": "all scores at the top",
    # dates
    "basis.available": "dates of availability",
    "basis.announced": "dates of announcement",
    "basis.weights": "dates of the weights",
    "basis.listed": "dates as listed by the source",
    "noun.available": "day of availability",
    "noun.announced": "day of announcement",
    "noun.weights": "day of the weights",
    "noun.listed": "listed day",
    # item access and domains
    "access.public": "public",
    "access.semi_private": "semi-private",
    "access.held_out": "held out",
    "access.private": "not public",
    "access.unknown": "unknown",
    "domain.coding": "Coding",
    "domain.math": "Mathematics",
    "domain.agentic": "Agents and computer use",
    "domain.reasoning": "Reasoning",
    "domain.knowledge": "Knowledge",
    "domain.science": "Science",
    "domain.language": "Language",
    "domain.games": "Games",
    "domain.long_context": "Long context",
    "domain.vision": "Vision",
    "domain.research": "Research",
    "domain.cyber": "Cyber security",
    "domain.writing": "Writing",
    "domain.domain": "Professional work",
    "domain.unknown": "Unclassified",
    # charts
    "chart.capability": "Capability ({unit})",
    "chart.points": "points",
    "chart.standard deviations": "standard deviations",
    "chart.logits": "logits",
    "chart.lag_axis": "Months behind",
    "chart.lag_axis_signed": "← ahead · months behind →",
    "chart.gap_axis": "Gap ({unit})",
    "chart.frontiers_title": "Two frontiers: {leader} and {follower}",
    "chart.frontiers_note": "Lines: the best model so far, with {level}% bands. Circles: "
    "{leader}; "
    "diamonds: {follower}. Arrows: from the leader’s first model at a level to the follower’s "
    "record that reached it, with the {level}% interval of the months. Uses {date}; evidence to "
    "{day}.",
    "chart.weak_note": "Dashed and faint: the record then rests on a model whose interval is "
    "wider "
    "than {width} points or that has fewer than four scores.",
    "chart.below_note": "{count} weaker models lie below the frame.",
    "chart.earlier_note": "{count} earlier models lie left of the frame.",
    "chart.moved_note": "A hollow mark with a dotted line: {other} of a record, more than 30 days "
    "from the date used.",
    "chart.other_announced": "the announcement",
    "chart.other_available": "the first day of use",
    "chart.announced_short": "announced",
    "chart.available_short": "usable",
    "chart.frontiers_text": "On {day} the best of {leader_in} is {leader_model} at "
    "{leader_value}, the "
    "best of {follower_in} {follower_model} at {follower_value}.",
    "chart.arrow_text": "{model} ({date}) reached the level of {matched} ({matched_date}) after "
    "{months}.",
    "chart.over_time_title": "The lag over time: {follower_in} behind {leader_in}",
    "chart.over_time_note": "Each day: months since the leader first had a model better than the "
    "follower’s best by more than the tie of {tie}. It grows by a day a day and falls when the "
    "follower "
    "sets a record. Band: {level}% interval. Below zero the roles are exchanged.",
    "chart.over_time_note_significant": "Each day: months since the leader first had a record "
    "that "
    "beats the follower’s best beyond the noise of the scale. Band: {level}% interval. Below zero "
    "the roles are exchanged.",
    "chart.over_time_text": "The lag is {now} on {day}; its mean over the last 12 months is "
    "{mean}; it was largest, {high}, on {high_day}.",
    "chart.year_mean": "mean of the last 12 months: {value}",
    "chart.conventions_title": "The same question by every convention: {follower_in} behind "
    "{leader_in}",
    "chart.conventions_note": "Dots: estimates in months; bars: {level}% intervals. The filled "
    "dot "
    "is the convention of the headline.",
    "chart.ranking_title": "The best {count} models on this scale",
    "chart.ranking_note": "Dots: estimates with {level}% intervals. Ticks: the value that {board} "
    "publishes. {ruler}; evidence to {day}.",
    "chart.ranking_note_plain": "Dots: estimates with {level}% intervals. {ruler}; evidence to "
    "{day}.",
    "chart.records_title": "The records of {follower_in}, and how old their level was",
    "chart.matches_title": "How long the records of {leader_in} stood unmatched by {follower_in}",
    "chart.rows_note": "Dots: estimates in months; bars: {level}% intervals. Arrowheads: at least "
    "so much.",
    "chart.gap_title": "The gap in points over time",
    "chart.gap_note": "Best of {leader_in} minus best of {follower_in} on each day, with a "
    "{level}% "
    "interval.",
    "tip.model": "Model",
    "tip.organisation": "Organisation",
    "tip.available": "Usable from",
    "tip.announced": "Announced",
    "tip.capability": "Capability",
    "tip.interval": "{level}% interval",
    "tip.scores": "Scores",
    "tip.day": "Day",
    "tip.lag": "Lag (months)",
    "tip.gap": "Gap",
    "tip.published": "Published",
    "tip.matched": "First at this level",
    "tip.entity": "What",
    "tip.status": "Status",
    # page
    "page.title": "Headway: how far one AI frontier is behind another",
    "page.kicker": "Headway report",
    "page.skip": "Skip to the content",
    "page.theme": "Light or dark",
    "page.contents": "Contents",
    "page.evidence": "Evidence to {day}",
    "page.as_of": "The question is asked as of {day}.",
    "page.known_on": "Only what had been recorded by {day} counts.",
    "page.generated": "Computed by Headway {version}",
    "page.nav_frontiers": "Frontiers",
    "page.nav_time": "Over time",
    "page.nav_conventions": "Conventions",
    "page.nav_years": "By year",
    "page.nav_second": "Open and closed",
    "page.nav_tests": "Events",
    "page.nav_changes": "What changed",
    "page.nav_scale": "The scale",
    "page.nav_method": "Method",
    "page.nav_limits": "Limits",
    "page.nav_reproduce": "Reproduce",
    "page.frontiers_heading": "Two frontiers",
    "page.records_heading": "Record by record",
    "page.records_caption": "Records of {follower_in}, the first model of {leader_in} at the same "
    "level, and the time between",
    "page.records_more": "All records as a table",
    "page.time_heading": "The lag over time",
    "page.conventions_heading": "By whose convention?",
    "page.conventions_lead": "Published figures disagree mostly because they count differently. "
    "Here is one scale and one set of dates, measured in every way at once. Not every convention "
    "says 0 when nobody is ahead: “At equality” is what it says on average between two equal "
    "groups.",
    "page.conventions_caption": "The lag of {follower_in} behind {leader_in} by every convention, "
    "{period} where the convention has periods",
    "page.years_heading": "Year by year",
    "page.years_caption": "Mean lag of {follower_in} behind {leader_in} by calendar year",
    "page.second_heading": "{follower_cap} and {leader_in}: a different question",
    "page.second_lead": "Where a model comes from and whether its weights are open are two "
    "different things: there are closed Chinese models and open American ones. The two questions "
    "are kept apart throughout.",
    "page.domains_caption": "The lag by domain",
    "page.benchmarks_caption": "The lag by single benchmark",
    "page.benchmarks_unknown": "{count} benchmarks say nothing, because too few models of one "
    "side "
    "were tested: {names}.",
    "page.changes_heading": "What changed since {day}",
    "page.changes_caption": "Then and now",
    "page.changes_none": "No change was recorded since {day}.",
    "page.changes_models": "New models",
    "page.changes_records": "New records",
    "page.changes_facts": "Facts recorded since",
    "page.scale_heading": "The scale",
    "page.scale_lead": "Every model gets one capability, every benchmark a difficulty and a "
    "slope: "
    "{models} models, {benchmarks} benchmarks, {cells} scores. {ruler} follows the "
    "published model and fits it anew to full convergence; it is not the published index itself.",
    "page.ruler_anchored": "The scale is fixed by giving {first} {first_points} points and "
    "{second} "
    "{second_points}; these two have no interval.",
    "page.published_heading": "Beside the published index",
    "page.published_lead": "Our refit and {board} as published on {day}: {count} models in "
    "common, "
    "median difference {median} points, largest {largest}.",
    "page.published_caption": "The largest differences between the refit and the published index",
    "page.data_heading": "Data",
    "page.data_caption": "Where the facts come from",
    "page.method_heading": "Method",
    "page.method_frontier": "The frontier of a group on a day is the best capability among its "
    "models that could be used by then. Models are dated by: {date}.",
    "page.method_lag": "A positive lag means that the follower is behind. A month is 30.4375 days. "
    "Models that differ by no more than {tie} on the scale count as level where the convention "
    "has a tie.",
    "page.method_draws": "Uncertainty comes from {draws} resamplings of each model’s scores "
    "(seed {seed}). Frontiers and lags are computed anew in each of them, so that errors that "
    "both "
    "sides share cancel. Intervals hold the central {level}% of the results.",
    "page.method_censored": "“Open” counts what the follower has not reached by the last day. "
    "It is reported as “at least”, never left out.",
    "page.limits_heading": "What this cannot tell you",
    "page.limit_1": "Benchmarks are not the world. A model can be level here and behind at work, "
    "or the other way round.",
    "page.limit_2": "Models differ in which benchmarks they were tested on, by whom and with how "
    "much effort. Developers choose what they report.",
    "page.limit_3": "The intervals hold the noise of resampling a model’s scores. They do not "
    "hold "
    "what all benchmarks get wrong together, training on test questions, or models that were "
    "never "
    "released. In simulations such 90% intervals hold the truth of 75% to 82% of models.",
    "page.limit_4": "A frontier sees only what is public. Laboratories may hold better models "
    "back, "
    "for longer on one side than on the other.",
    "page.limit_5": "A lag in months is not a forecast. It says when the leader was where the "
    "follower is now, not when the follower will be where the leader is.",
    "page.limit_6": "The answer depends on the convention. Whoever quotes one number should say "
    "which one it is.",
    "page.notes_heading": "Notes on this computation",
    "page.notes_foreign": "These notes are available in English only:",
    "page.credits_heading": "Credits",
    "page.reproduce_heading": "Reproduce this page",
    "page.reproduce_lead": "The same data, options and seed give the same numbers.",
    "page.digest": "Dataset digest",
    "page.seed": "Seed",
    "page.draws": "Draws",
    "page.draw_set": "Draw set",
    "page.options": "Options",
    "page.version": "Version of Headway",
    "page.noscript": "Without scripts the charts are still pictures; the numbers are in the "
    "tables.",
    "page.not_available": "Could not be computed: {reason}",
    "page.in_words": "The chart in words",
    "page.as_table": "As a table",
    "page.years_gap": "The gap in points is the vertical distance between the frontiers.",
    "page.licence_line": "{title}. {publisher}. Licence: {licence}.",
    "page.licence_unknown": "not stated",
    # table headings
    "column.convention": "Convention",
    "column.says": "It says (months)",
    "column.interval": "{level}% interval",
    "column.counts": "What it counts",
    "column.assumes": "What it assumes",
    "column.at_equality": "At equality",
    "column.n": "Counted",
    "column.censored": "Still open",
    "column.year": "Year",
    "column.mean": "Mean (months)",
    "column.smallest": "Smallest",
    "column.largest": "Largest",
    "column.gap": "Gap (points)",
    "column.days": "Days",
    "column.record": "Record",
    "column.date": "Date",
    "column.matched": "First at this level",
    "column.matched_date": "Its date",
    "column.lag": "Lag (months)",
    "column.test": "Test",
    "column.domain": "Domain",
    "column.access": "Questions",
    "column.follower_best": "Best of {follower_in}",
    "column.status": "Status",
    "column.rank": "Rank",
    "column.model": "Model",
    "column.organisation": "Organisation",
    "column.country": "Country",
    "column.capability": "Capability",
    "column.published": "Published",
    "column.difference": "Difference",
    "column.source": "Source",
    "column.publisher": "Publisher",
    "column.licence": "Licence",
    "column.retrieved": "Read on",
    "column.quantity": "Quantity",
    "column.then": "Then",
    "column.now": "Now",
    "column.side": "Side",
    "column.table": "Table",
    "column.count": "Rows",
    "column.change": "Change",
    "column.corrections": "Corrections",
    "word.yes": "yes",
    "page.domains_unknown": "{count} domains say nothing, because too few benchmarks or models "
    "were "
    "tested: {names}.",
    "table.sources": "Sources",
    "table.organisations": "Organisations",
    "table.models": "Models",
    "table.availability": "Availability",
    "table.benchmarks": "Benchmarks",
    "table.aliases": "Other names",
    "table.scores": "Scores",
    "table.responses": "Answers",
    "table.items": "Questions",
    "table.votes": "Votes",
    "table.ratings": "Ratings",
    "table.prices": "Prices",
    "table.indicators": "Indicators",
    "table.claims": "Claims",
}
