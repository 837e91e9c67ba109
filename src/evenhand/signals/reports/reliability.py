"""How often a reporter was right: a Beta-Binomial posterior, with the prior fitted to all reporters of the platform.

A reporter's reports are upheld with a rate of their own, and the rates of all reporters follow a Beta distribution. Its mean
is the share of all decided reports that were upheld, its width comes from the moments of the rates (Kleinman, *Proportions
with extraneous variance: single and independent samples*, JASA 68, 1973). The reliability is the mean of the posterior
(Gelman et al., *Bayesian Data Analysis*, 3rd ed., 5.3): somebody without a history has the platform's mean, and a long history
speaks for itself. It weighs in the order of a queue only; it is never shown to anybody outside.
"""

from __future__ import annotations

from evenhand.model.step import Query, Scope

LEAST, MOST = 2, 200
"""The prior weighs at least as much as two decided reports and at most as 200."""

REPORTERS = Query(
    name="reporters", inputs=("report_rows",), scope=Scope.PLATFORM,
    sentence="a reporter with how many reports were decided and how many upheld; one account reported twice counts once",
    sql="""
    select reporter_id, cast(count(*) as double) as n_decided, cast(sum(upheld) as double) as n_upheld
    from (select reporter_id, account_id, max(case when upheld then 1 else 0 end) as upheld from report_rows
          where upheld is not null and reporter_id <> '' group by reporter_id, account_id) d
    group by reporter_id""")

PRIOR = Query(
    name="report_prior", inputs=("reporters",), scope=Scope.PLATFORM,
    sentence="the platform's share of upheld reports (`mean`), and how many decided reports it weighs as (`weight`)",
    sql=f"""
    with sums as (
        select coalesce(sum(n_upheld) + 1, 1) / coalesce(sum(n_decided) + 2, 2) as mean, coalesce(sum(n_decided), 0) as n,
               count(*) as k, coalesce(sum(n_decided * n_decided), 0) as squares
        from reporters),
    spread as (
        select coalesce(sum(r.n_decided * power(r.n_upheld / r.n_decided - s.mean, 2)), 0) as s
        from reporters r cross join sums s),
    ratio as (
        select s.mean, case when s.n - s.squares / greatest(s.n, 1) - (s.k - 1) > 0
                            then (d.s - s.mean * (1 - s.mean) * (s.k - 1))
                                 / (s.mean * (1 - s.mean) * (s.n - s.squares / greatest(s.n, 1) - (s.k - 1)))
                            else 1.0 end as within
        from sums s cross join spread d)
    select mean, case when within <= {1 / (MOST + 1)} then {MOST}.0 when within >= {1 / (LEAST + 1)} then {LEAST}.0
                      else 1 / within - 1 end as weight
    from ratio""")

RELIABILITY = Query(
    name="reliability", inputs=("open_reports", "reporters", "report_prior"), scope=Scope.PLATFORM,
    sentence="how often a reporter with open reports is expected to be right (0–1)",
    sql="""
    select o.reporter_id, coalesce(r.n_decided, 0.0) as n_decided,
           (p.mean * p.weight + coalesce(r.n_upheld, 0.0)) / (p.weight + coalesce(r.n_decided, 0.0)) as reliability
    from (select distinct reporter_id from open_reports) o
    left join reporters r on o.reporter_id = r.reporter_id cross join report_prior p""")

STEPS = (REPORTERS, PRIOR, RELIABILITY)
