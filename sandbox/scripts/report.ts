import { tokens, type Script, type Step } from './script';

/** The generated file of the default answer. */
export const REPORT_FILE = 'NVDA-Q3-FY2026-研究报告.md';

export const REPORT_TITLE = '英伟达（NVDA）2026 财年第三季度研究报告';

/** What the end node of Reportify says when the report is done. */
export const REPORT_SUMMARY = '研究报告已完成：**数据中心营收 +66%**， Revenue 57.0 bn US$.';

/** The default answer: a research report in Chinese and English with everything that such reports contain. */
export const REPORT_TEXT = `# 英伟达（NVDA）2026 财年第三季度研究报告

> **结论 / Bottom line:** 数据中心业务继续超预期，维持 *增持* 评级。 Data-center revenue again beat consensus 🚀.

## 1. 关键数据 Key figures

| 指标 Metric | Q3 FY2026 | Q2 FY2026 | 环比 QoQ | 同比 YoY |
| :-- | --: | --: | --: | :-: |
| 营收 Revenue (US$ bn) | 57.0 | 46.7 | +22% | +62% |
| 数据中心 Data Center | 51.2 | 41.1 | +25% | +66% |
| 毛利率 Gross margin (GAAP) | 73.4% | 72.4% | +1.0 pt | −1.2 pt |
| 摊薄每股收益 Diluted EPS (US$) | 1.30 | 1.08 | +20% | +67% |
| 备注 \`a\\|b\` | «n/a» | — | ·École· | 👩‍🔬 |

## 2. 增长驱动 Drivers

1. **Blackwell 平台放量** — GB300 now makes up about two thirds of Blackwell revenue.
2. **网络业务**：NVLink、InfiniBand 与 Spectrum-X 合计 82 亿美元。
   - Spectrum-X 以太网在超大规模客户中放量
   - NVLink Fusion 合作伙伴增加
3. **主权 AI / Sovereign AI**：欧洲与中东订单能见度提高。

### 2.1 估值 Valuation

\`\`\`python
fair_value = eps_fy2027 * 32   # 32x forward P/E
print(f"US$ {fair_value:.0f}")  # → 目标价
\`\`\`

| 情景 Scenario | 概率 | 目标价 (US$) |
| --- | ---: | ---: |
| 乐观 Bull | 30% | 260 |
| 基准 Base | 50% | 215 |
| 悲观 Bear | 20% | 140 |

## 3. 风险 Risks

- 出口管制：对华 H20 销售*微不足道*；政策仍有不确定性 ⚠️
- 客户集中度：四家客户占应收账款的 ~~54%~~ 61%
- 供给侧：CoWoS 产能与 HBM4 认证进度

## 4. 来源 Sources

- [NVIDIA Q3 FY2026 CFO Commentary](https://investor.nvidia.com/financial-info/financial-reports/default.aspx)
- [Form 10-Q, 2025-10-26](https://www.sec.gov/cgi-bin/browse-edgar?action=getcompany&CIK=0001045810&type=10-Q)
- 管理层电话会纪要 «Earnings Call», École de Paris 引用，<https://reportify.cn/>

*本报告由沙盒生成，数字仅为示例。 Sandbox text; the figures are examples, not advice.* ✅
`;

/** What the first tool call finds. */
export const REPORT_DOCUMENTS = [
	{
		doc_id: '1182736450918273645',
		title: 'NVIDIA Q3 FY2026 CFO Commentary',
		summary: '…',
		category: 'reports',
		published_at: 1763510400000,
	},
	{
		doc_id: '1182736450918273647',
		title: 'Form 10-Q «2025-10-26»',
		summary: '…',
		category: 'filings',
		published_at: 1763596800000,
	},
];

/** Research with two tool calls, the report, and a file. */
export function report(): Script {
	const search: Step = {
		tool: 'search_documents',
		input: {
			query: 'NVDA Q3 FY2026 results 数据中心',
			symbols: ['US:NVDA'],
			start_datetime: '2025-10-01T00:00:00',
			num: 15,
		},
		output: {
			docs: REPORT_DOCUMENTS,
			total_count: 2,
			took_ms: 305,
			chunks: [],
		},
	};
	const figures: Step = {
		tool: 'get_financials',
		input: { symbol: 'US:NVDA', period: 'quarterly', limit: 2 },
		output: { currency: 'USD', rows: [{ period: 'Q3 FY2026', revenue: 57006000000, eps: 1.3 }] },
	};
	const text = tokens(REPORT_TEXT).map((piece) => ({ text: piece }));
	return {
		name: 'report',
		steps: [search, figures, ...text, { file: REPORT_FILE, content: REPORT_TEXT, mediaType: 'text/markdown' }],
		reportify: {
			results: [{ title: REPORT_TITLE, content: REPORT_TEXT, filename: REPORT_FILE }],
			summary: REPORT_SUMMARY,
		},
	};
}
