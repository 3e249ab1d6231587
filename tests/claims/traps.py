"""Small changes of wording that turn a true sentence false, each beside a true one in nearly the same words.

A judge of meaning has to tell them apart; words alone leave most of them to it.
"""

FALSE = {
    # What came before is not what came after, however the sentence is turned.
    "before-after-1": ("The tram was abandoned after protests.", "The tram was abandoned before protests."),
    "before-after-2": ("Before the pilot ended, the fund was doubled.", "After the pilot ended, the fund was doubled."),
    "before-after-3": ("The board resigned before the audit began.", "The board resigned after the audit began."),
    "before-after-4": (
        "The hub closed after the review and reopened before the election.",
        "The hub closed before the review and reopened after the election.",
    ),
    "during": ("The scheme was cut during the trial.", "The scheme was cut after the trial."),
    # What was looked for and not found, denied or ruled out.
    "no-evidence-1": ("The auditors found fraud.", "The auditors found no evidence of fraud."),
    "no-evidence-2": (
        "The review found that waiting times had fallen.",
        "The review found no evidence that waiting times had fallen.",
    ),
    "no-sign": ("There were signs of overspending.", "There was no sign of overspending."),
    "denied-1": ("The scheme had failed.", "Ministers denied that the scheme had failed."),
    "denied-2": ("The council broke the rules.", "The council denied that it broke the rules."),
    "rejected": ("The pilot wasted money.", "The inspectors rejected the claim that the pilot wasted money."),
    "doubted": ("The target will be met.", "Experts doubt that the target will be met."),
    "failed-to": ("The fund reduced delays.", "The fund failed to reduce delays."),
    "ruled-out": ("A levy is planned.", "The mayor ruled out that a levy is planned."),
    # Ordinals and versions.
    "phase-1": ("The first phase was on time.", "The second phase was on time."),
    "phase-2": ("Grants went to schools in the first round.", "Grants went to schools in the third round."),
    "phase-3": ("Phase 1 covers ten towns.", "Phase 2 covers ten towns."),
    "last-first": ("The last review praised the team.", "The first review praised the team."),
    # Causes and concessions.
    "despite-1": ("Costs rose because of the cap.", "Costs rose despite the cap."),
    "despite-2": ("Despite the new rules, bids fell.", "Because of the new rules, bids fell."),
    "although": ("Because staff left, the unit met its target.", "Although staff left, the unit met its target."),
    "without": ("The board acted with the mayor's consent.", "The board acted without the mayor's consent."),
    # Conditions that are dropped.
    "unless-1": (
        "Grants are paid in full.",
        "Grants are paid in full unless the council withdraws.",
    ),
    "unless-2": (
        "The contract ends in March.",
        "Unless both sides agree to extend it, the contract ends in March.",
    ),
    "if-1": (
        "The council receives the second payment.",
        "If it meets its target, the council receives the second payment.",
    ),
    "if-2": ("Small firms may bid.", "Small firms may bid if they join a consortium."),
    "provided": ("The region keeps its savings.", "The region keeps its savings provided that it balances its budget."),
    "except": ("Every borough joined the scheme.", "Every borough except Marlow joined the scheme."),
    "only-where": ("Officials may waive the test.", "Officials may waive the test only where lives are at risk."),
    # Rank, office and time of office.
    "deputy": ("The mayor opened the hub.", "The deputy mayor opened the hub."),
    "former-1": ("The minister criticised the plan.", "The former minister criticised the plan."),
    "former-2": ("The head of the unit backed the reform.", "The former head of the unit backed the reform."),
    "acting": ("The chief executive signed the deal.", "The acting chief executive signed the deal."),
    "shadow": ("The chancellor promised a review.", "The shadow chancellor promised a review."),
    "had-until": ("The region has its own transport fund.", "The region had its own transport fund until 2019."),
    "used-to": ("The agency runs the hostels.", "The agency used to run the hostels."),
    "no-longer": ("The agency runs the hostels.", "The agency no longer runs the hostels."),
    "not-yet": ("The board has met.", "The board has not yet met."),
    "was-to": ("The bridge opened in 2021.", "The bridge was to open in 2021."),
    "draft": ("The strategy sets a limit of 5 per cent.", "The draft strategy sets a limit of 5 per cent."),
    "predecessor": (
        "Ann Reid chaired the panel from 2016 to 2020.",
        "Ann Reid chaired the panel from 2020; her predecessor did so from 2016.",
    ),
    "stopped": (
        "The trial ran for three years.",
        "The trial was meant to run for three years but was stopped after one.",
    ),
    "missed": ("The pledge was met in 2025.", "The pledge was missed in 2025 and met in 2026."),
    "claimed": (
        "According to the auditors, the scheme saved £2 million.",
        "The department claimed that the scheme saved £2 million, which the auditors could not confirm.",
    ),
    # Parts and wholes.
    "nearly-all": ("All 12 councils signed.", "Nearly all of the 12 councils signed."),
    "by-to": ("Unemployment fell by 5 per cent.", "Unemployment fell to 5 per cent."),
    "except-place": (
        "The Act applies to Scotland.",
        "The Act applies throughout the United Kingdom except Scotland.",
    ),
    "some": ("Councils cut their budgets.", "Some councils cut their budgets."),
    "most": ("Most bidders withdrew.", "Some bidders withdrew."),
    "percent-points": ("The share rose by 5 per cent.", "The share rose by 5 percentage points."),
    "per": ("The scheme costs £40 a household each month.", "The scheme costs £40 a household each year."),
}
"""Name of the trap to a claim and a context that does not support it."""

TRUE = {
    "before": ("The tram was abandoned before protests.", "Before protests, the tram was abandoned."),
    "after": ("After the review the hub reopened.", "The hub reopened after the review."),
    "no-evidence": ("The auditors found no evidence of fraud.", "The auditors found no evidence of fraud."),
    "no-fraud": ("No evidence of fraud was found by the auditors.", "The auditors found no evidence of fraud."),
    "denied": ("Ministers denied that the scheme had failed.", "Ministers denied that the scheme had failed."),
    "first": ("In the first round grants went to schools.", "Grants went to schools in the first round."),
    "despite": ("Costs rose despite the cap.", "Despite the cap, costs rose."),
    "because": ("Bids fell because of the new rules.", "Because of the new rules, bids fell."),
    "unless": (
        "Unless the council withdraws, grants are paid in full.",
        "Grants are paid in full unless the council withdraws.",
    ),
    "if": ("Small firms may bid if they join a consortium.", "If they join a consortium, small firms may bid."),
    "deputy": ("The hub was opened by the deputy mayor.", "The deputy mayor opened the hub."),
    "former": ("The former minister criticised the plan.", "The plan was criticised by the former minister."),
    "had": ("Until 2019 the region had its own transport fund.", "The region had its own transport fund until 2019."),
    "whether": ("The paper asks whether the fund should close.", "The paper asks whether the fund should close."),
    "except": ("Every borough except Marlow joined.", "Every borough except Marlow joined the scheme."),
    "no-longer": ("The agency no longer runs the hostels.", "The hostels are no longer run by the agency."),
    "aside": ("The unit met its target.", "The unit met its target, although staff left."),
    "share": ("Two thirds of the councils signed.", "Eight of the 12 councils signed."),
    "no-duty": ("Councils have no duty to sign.", "Councils do not have to sign."),
    "outside": ("Scotland is outside the scheme.", "The scheme covers every nation except Scotland."),
    "needs": ("The panel must publish its advice.", "The panel needs to publish its advice."),
    "and-if": ("Firms in the region may bid.", "Firms in the region may bid, and if they win they report each year."),
}
"""Name to a claim and a context that supports it: what a stricter rule must not refuse."""
